import { execFileSync } from "node:child_process";
import { realpathSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { projectFolder, type ProjectFolder } from "../../plan/project-folder.ts";

const MODULES = path.resolve(import.meta.dirname, "../../../../../node_modules");

export interface Repository extends ProjectFolder {
  git: (...args: string[]) => string;
  write: (file: string, text: string) => void;
}

/** A program with one target group on the port that the stack's configuration names. */
export const program = (type: string): string => `
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
export default function program() {
  const config = new pulumi.Config();
  new aws.${type}("one", { name: "one", port: config.requireNumber("port"), protocol: "HTTP", targetType: "ip" });
}
`;

/** A repository with one commit: a project of its own, its stack dev deployed on port 80. */
export async function repository(source: string): Promise<Repository> {
  const folder = await projectFolder({
    "package.json": '{"type":"module"}',
    "Pulumi.yaml": "name: shop\nruntime: nodejs\nconfig:\n  port: { type: integer, default: 80 }\n",
    "workbench.config.ts": "export default { inProcess: true };",
    "index.ts": source,
    ".gitignore": "node_modules\n",
  });
  const root = realpathSync(folder.path);
  symlinkSync(MODULES, path.join(root, "node_modules"));
  const git = (...args: string[]): string =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@example.com", ...args], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  git("init", "--quiet", "--initial-branch=main");
  git("add", ".");
  git("commit", "--quiet", "-m", "first");
  return {
    ...folder,
    path: root,
    git,
    write: (file, text) => {
      writeFileSync(path.join(root, file), text);
    },
  };
}
