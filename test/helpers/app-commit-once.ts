import { appCommit as ask } from "../../components/registry/app-commit.ts";

const commits = new Map<string, string>();

/** The same, of a folder that no test commits to once it was planned. */
export function appCommit(folder: string): string {
  const commit = commits.get(folder) ?? ask(folder);
  commits.set(folder, commit);
  return commit;
}
