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
  const ignored = ignoreRules(appPath);
  const files = new Map<string, Content>();
  const add = (folder: string): void => {
    for (const entry of readdirSync(path.join(appPath, folder), { withFileTypes: true })) {
      const name = path.posix.join(folder, entry.name);
      const file = path.join(appPath, name);
      if (entry.isDirectory()) {
        if (!ignored.folder(name)) add(name);
      } else if (!ignored.file(name)) {
        if (entry.isSymbolicLink()) files.set(name, { link: readlinkSync(file) });
        else if (entry.isFile()) files.set(name, readFileSync(file));
      }
    }
  };
  if (existsSync(path.join(appPath, "node_modules")) && !ignored.modules)
    throw new Error(
      `${dockerfile} would get node_modules of this machine into the image, and another machine would build another one. Add the line node_modules to ${path.join(appPath, ".dockerignore")}.`,
    );
  add("");
  return { dockerfile, files };
}

interface IgnoreRules {
  file(name: string): boolean;
  /** Whether nothing in it is taken back by a rule that begins with `!`. */
  folder(name: string): boolean;
  /** Whether node_modules stay out. */
  modules: boolean;
}

function ignoreRules(appPath: string): IgnoreRules {
  const text = [`${DOCKERFILE}.dockerignore`, ".dockerignore"]
    .map((name) => path.join(appPath, name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, "utf8"))[0];
  const rules = dockerIgnore.default({ ignorecase: false }).add(text ?? "");
  const takesBack = /^\s*!/m.test(text ?? "");
  return {
    file: (name) => rules.ignores(name),
    folder: (name) => !takesBack && rules.ignores(name),
    modules: ["node_modules", "node_modules/any"].some((name) => rules.ignores(name)),
  };
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
