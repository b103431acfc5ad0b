import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { declaredKeys, packageNamespaces, projectName } from "../../project/namespaces.ts";
import { checkName, RenameError } from "./names.ts";
import { isMade, renameKeys, renamePackage, renameProject, renameText } from "./rewrite.ts";

/** What a rename did. */
export interface Renaming {
  /** Files that were changed, sorted. */
  changed: string[];
  /** `file:line` of pages that say a former name which is an ordinary word, and were left alone. */
  left: string[];
}

/** Pages and workflows that say the name. CHANGELOG.md is history, LICENSE names the authors. */
const TEXTS = [
  "README.md",
  "CONTRIBUTING.md",
  "docs/*.md",
  ".github/*.json",
  ".github/workflows/*.yml",
];
/** Project of bootstrap/ beside the service's. */
const bootstrapOf = (name: string): string => `${name}-bootstrap`;

/**
 * Gives the project another name in every file that says it. Says it a second time, it changes nothing; one that broke off, or
 * that began by hand in Pulumi.yaml, is completed.
 * @param root - folder of Pulumi.yaml
 * @throws RenameError before anything is written
 */
export function renameEverywhere(root: string, name: string): Renaming {
  const namespaces = packageNamespaces(root);
  checkName(name, namespaces);
  const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
  const former = formerNames(root, name);
  const stackFiles = globSync("Pulumi.*.yaml", { cwd: root });
  const accountFiles = globSync("bootstrap/Pulumi.*.yaml", { cwd: root });

  const writes = new Map<string, string>();
  const plan = (file: string, change: (text: string) => string): void => {
    const text = read(file);
    const renamed = change(text);
    if (renamed !== text) writes.set(file, renamed);
  };
  plan("Pulumi.yaml", (text) => renameProject(text, name));
  plan("bootstrap/Pulumi.yaml", (text) => renameProject(text, bootstrapOf(name)));
  for (const file of ["package.json", "package-lock.json"])
    if (existsSync(path.join(root, file))) plan(file, (text) => renamePackage(text, name));
  const readers = { project: name, keys: declaredKeys(root), namespaces };
  for (const file of stackFiles) plan(file, (text) => renameKeys(text, file, former, readers));
  const account = {
    ...readers,
    project: bootstrapOf(name),
    keys: declaredKeys(path.join(root, "bootstrap")),
  };
  const formerAccount = new Set([...former].map(bootstrapOf));
  for (const file of accountFiles)
    plan(file, (text) => renameKeys(text, file, formerAccount, account));

  const left: string[] = [];
  for (const file of globSync(TEXTS, { cwd: root }))
    for (const old of former) {
      // A word such as `api` stands for other things too.
      const renamed = (text: string): string => renameText(text, old, name);
      if (old.includes("-")) plan(file, (text) => renamed(writes.get(file) ?? text));
      else left.push(...linesOf(read(file), renamed).map((line) => `${file}:${line}`));
    }

  const made = [...stackFiles, ...accountFiles].filter((file) => isMade(read(file)));
  if (made.length > 0 && writes.size > 0)
    throw new RenameError(
      `${made.join(" and ")} ${made.length === 1 ? "is" : "are"} of a stack that exists, and its state, roles and keys in AWS are called ${[...former].join(" or ") || name}: keep the name, or destroy the stack first; docs/getting-started.md says what else there is.`,
    );
  for (const [file, text] of writes) writeFileSync(path.join(root, file), text);
  return { changed: [...writes.keys()].sort(), left };
}

/** Names that the files still say: they differ where Pulumi.yaml was changed by hand. */
function formerNames(root: string, name: string): ReadonlySet<string> {
  const { name: packageName } = JSON.parse(
    readFileSync(path.join(root, "package.json"), "utf8"),
  ) as { name: string };
  const names = [
    projectName(root),
    packageName,
    projectName(path.join(root, "bootstrap")).replace(/-bootstrap$/, ""),
  ];
  return new Set(names.filter((each) => each !== name));
}

function linesOf(text: string, change: (text: string) => string): number[] {
  return text.split("\n").flatMap((line, index) => (change(line) === line ? [] : [index + 1]));
}
