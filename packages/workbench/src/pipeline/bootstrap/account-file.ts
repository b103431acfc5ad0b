import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, parseDocument } from "yaml";
import { foreignRegion } from "../../project/foreign-region.ts";
import { packageNamespaces, projectName, unreadNamespaces } from "../../project/namespaces.ts";
import { ToolError } from "../../lib/command-line.ts";
import { loadProject } from "../../plan/project.ts";

const REPOSITORY = process.cwd();

/** What bootstrap/Pulumi.<account>.yaml says. */
export interface AccountSettings {
  accountId: string;
  subjectPrefix: string;
  region: string;
  stacks: string[];
}

type Value = "accountId" | "subjectPrefix" | "region";

/** Values of the command line. */
type Given = Readonly<Partial<Record<Value, string | undefined>>>;

/** What each value has to look like. */
const SHAPES: Readonly<Record<Value, readonly [option: string, shape: RegExp, what: string]>> = {
  accountId: ["--account-id", /^\d{12}$/, "the 12 digits of an AWS account"],
  subjectPrefix: [
    "--subject-prefix",
    /^repo:[^\s:/]+\/[^\s:/]+$/,
    "repo:ORG@ID/REPO@ID, or repo:ORG/REPO of a repository that has no numbers in its tokens",
  ],
  region: ["--region", /^[a-z]{2}(?:-[a-z]+)+-\d$/, "an AWS region, such as eu-west-1"],
};

const fits = (name: Value, value: unknown): boolean =>
  typeof value === "string" && SHAPES[name][1].test(value);

/**
 * Reads an account file beside the Pulumi.yaml of its project.
 * @param given values in place of the file's
 * @throws ToolError where the file still holds placeholders, or sets what nobody reads
 */
export async function readAccount(file: string, given: Given = {}): Promise<AccountSettings> {
  const { name: project, declarations } = await loadProject(path.dirname(file));
  const { config } = parse(await readFile(file, "utf8")) as { config: Record<string, unknown> };
  const [unread] = unreadNamespaces(Object.keys(config), {
    project,
    keys: [...declarations.keys()].map((key) => key.slice(project.length + 1)),
    namespaces: packageNamespaces(REPOSITORY),
  });
  if (unread !== undefined) throw new ToolError(`${file}: ${unread.key} ${unread.reason}`);
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
  const settings = {
    accountId: given.accountId ?? list(config[`${project}:allowedAccountIds`])[0] ?? "",
    subjectPrefix: given.subjectPrefix ?? text(config[`${project}:githubSubjectPrefix`]),
    region: given.region ?? text(config["aws:region"]),
    stacks: list(config[`${project}:stacks`] ?? declarations.get(`${project}:stacks`)?.default),
  };
  const foreign = foreignRegion(settings.region);
  if (foreign !== undefined) throw new ToolError(`${file}: aws:region ${foreign}`);
  const missing: string[] = [];
  if (!fits("accountId", settings.accountId)) missing.push("--account-id <12 digits>");
  if (!fits("subjectPrefix", settings.subjectPrefix))
    missing.push("--github owner/name, or --subject-prefix repo:ORG@ID/REPO@ID");
  if (missing.length > 0)
    throw new ToolError(
      `${file} holds placeholders of the template. Run once with ${missing.join(" and ")}; docs/getting-started.md says where to find them.`,
    );
  return settings;
}

/** @throws ToolError in a sentence for each value that cannot be right, before any is written */
export function refuseMalformed(given: Given): void {
  const wrong = Object.entries(SHAPES).flatMap(([name, [option, , what]]) => {
    const value = given[name as Value];
    return value === undefined || fits(name as Value, value)
      ? []
      : [`${option} is ${value}, but it has to be ${what}.`];
  });
  if (wrong.length > 0) throw new ToolError(wrong.join("\n"));
}

/** Whether the file has the subject of the repository's tokens already. */
export async function knowsSubject(file: string): Promise<boolean> {
  const project = projectName(path.dirname(file));
  const { config } = parse(await readFile(file, "utf8")) as { config: Record<string, unknown> };
  return fits("subjectPrefix", config[`${project}:githubSubjectPrefix`]);
}

/** Writes values into the file and keeps its comments. */
export async function writeAccount(file: string, values: Given): Promise<void> {
  const project = projectName(path.dirname(file));
  const document = parseDocument(await readFile(file, "utf8"));
  const { accountId, subjectPrefix, region } = values;
  const settings = {
    // In quotes: a number would lose its leading zeros.
    [`${project}:allowedAccountIds`]: accountId && document.createNode([accountId]),
    [`${project}:githubSubjectPrefix`]: subjectPrefix,
    "aws:region": region,
  };
  for (const [key, value] of Object.entries(settings))
    if (value !== undefined) document.setIn(["config", key], value);
  await writeFile(file, document.toString());
}
