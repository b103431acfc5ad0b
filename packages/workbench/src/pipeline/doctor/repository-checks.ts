import { existsSync, globSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { counted } from "../../lib/words.ts";
import { appFolders, loadWorkbenchConfig } from "../../project/workbench-config.ts";
import { misplaced, placeOf, toRoot } from "../delivery/placed.ts";
import { about, type Dependencies, type Finding } from "./checks.ts";

const UPDATES = ".github/dependabot.yml";

/** What GitHub reads in the repository itself, which may be a larger one. */
export async function checkRepository({ run, root }: Dependencies): Promise<Finding[]> {
  // Who has no such file has another pipeline, or another tool.
  if (root === undefined || !existsSync(path.join(root, UPDATES))) return [];
  const place = await placeOf(run, root);
  const folder = place?.folder ?? "";
  const updates = await checkUpdates(root, folder);
  if (folder === "") return [updates];
  const { ok, warn } = about("GitHub: workflows");
  const { length } = misplaced(place, root);
  return [
    length === 0
      ? ok(`They stand at the root of the repository, of which this is ${folder}.`)
      : warn(
          `GitHub reads them at the root of the repository alone, where those of ${folder} are missing or out of date: ${counted(length, "file")}.`,
          "npm run docs writes them: commit them.",
        ),
    updates,
  ];
}

/** What is updated, and in which folder of its repository. */
type Update = readonly [ecosystem: string, folder: string];

/** What an app's folder holds where there is something to raise. */
const SIGNS = {
  npm: "{package-lock.json,npm-shrinkwrap.json,pnpm-lock.yaml,yarn.lock}",
  docker: "Dockerfile",
};

/** Whether Dependabot looks at all that is installed or built on: its file has to name each folder. */
async function checkUpdates(root: string, folder: string): Promise<Finding> {
  const { ok, warn } = about("GitHub: Dependabot");
  const apps = appFolders(root, await loadWorkbenchConfig(root)).flatMap((app): Update[] =>
    Object.entries(SIGNS)
      .filter(([, files]) => globSync(files, { cwd: path.join(root, app) }).length > 0)
      .map(([ecosystem]) => [ecosystem, app]),
  );
  const there = updatesOf(path.join(root, toRoot(folder), UPDATES));
  const missing = [...updatesOf(path.join(root, UPDATES)), ...apps].flatMap(([ecosystem, name]) => {
    const own = path.posix.join("/", folder, name, ".");
    const named = there.some(([other, at]) => other === ecosystem && path.matchesGlob(own, at));
    return named || ecosystem === "github-actions" ? [] : `${ecosystem} in ${own}`;
  });
  if (missing.length === 0) return ok("It looks at every folder that has packages or a base.");
  return warn(
    `${UPDATES} of the repository does not name ${[...new Set(missing)].join(", ")}: nothing raises what is used there.`,
    "Add an entry for each: package-ecosystem, directory, schedule and cooldown, as the others have.",
  );
}

/** What a file of Dependabot's names; nothing where there is none. */
function updatesOf(file: string): Update[] {
  if (!existsSync(file)) return [];
  const { updates = [] } = parse(readFileSync(file, "utf8")) as {
    updates?: { "package-ecosystem": string; directory?: string; directories?: string[] }[];
  };
  return updates.flatMap(({ "package-ecosystem": ecosystem, directory = [], directories = [] }) =>
    [directory, directories]
      .flat()
      .map((name): Update => [ecosystem, path.posix.join("/", name, ".")]),
  );
}
