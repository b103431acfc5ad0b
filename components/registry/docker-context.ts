import dockerIgnore from "@balena/dockerignore";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import type { Content, ContextFiles } from "./staged-context.ts";

const DOCKERFILE = "Dockerfile";

/** What an app that brings its own Dockerfile is built from. */
export interface DockerContext {
  /** Path of the Dockerfile, which may be no part of the context. */
  dockerfile: string;
  files: ContextFiles;
}

/**
 * Reads what `docker build` would send of an app's folder: all files and links that .dockerignore leaves, or
 * Dockerfile.dockerignore, which goes before it. Empty folders are left out, as in git.
 * @throws Error, one sentence, where there is no Dockerfile, or where what is installed on this machine would get into the image
 */
export function dockerContext(appPath: string): DockerContext {
  const dockerfile = path.join(appPath, DOCKERFILE);
  if (!existsSync(dockerfile))
    throw new Error(
      `build is dockerfile, but there is no ${dockerfile}. Write one, or set build to bundle.`,
    );
  const { ignores, takesBack } = ignoreRules(appPath);
  const files = new Map<string, Content>();
  const add = (folder: string): void => {
    for (const entry of readdirSync(path.join(appPath, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      const file = path.join(appPath, name);
      if (entry.isDirectory()) {
        if (takesBack || !ignores(name)) add(name);
      } else if (!ignores(name)) {
        if (entry.isSymbolicLink()) files.set(name, { link: readlinkSync(file) });
        else if (entry.isFile()) files.set(name, readFileSync(file));
      }
    }
  };
  const leftOut = ["node_modules", "node_modules/any"].some(ignores);
  if (existsSync(path.join(appPath, "node_modules")) && !leftOut)
    throw new Error(
      `${dockerfile} would get node_modules of this machine into the image, and another machine would build another one. Add the line node_modules to ${path.join(appPath, ".dockerignore")}.`,
    );
  add("");
  return { dockerfile, files };
}

/** What .dockerignore leaves out, and whether a rule that begins with `!` may take something back in a folder that it leaves out. */
function ignoreRules(appPath: string): {
  ignores: (name: string) => boolean;
  takesBack: boolean;
} {
  const text = [`${DOCKERFILE}.dockerignore`, ".dockerignore"]
    .map((name) => path.join(appPath, name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"))[0];
  const rules = dockerIgnore.default({ ignorecase: false }).add(text ?? "");
  return { ignores: (name) => rules.ignores(name), takesBack: /^\s*!/m.test(text ?? "") };
}

/** Those of the build arguments that a Dockerfile declares: Docker warns of others. */
export function declaredArguments(
  dockerfile: string,
  args: Readonly<Record<string, string>>,
): Record<string, string> {
  const declared = new Set(
    [...dockerfile.matchAll(/^\s*ARG\s+(.*)$/gim)].flatMap(([, rest = ""]) =>
      rest.split(/\s+/).map((word) => word.replace(/=.*/, "")),
    ),
  );
  return Object.fromEntries(Object.entries(args).filter(([name]) => declared.has(name)));
}
