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

/** Values of the command line. */
type Given = Readonly<
  Partial<Record<"accountId" | "subjectPrefix" | "region", string | undefined>>
>;

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
  if (!/^\d{12}$/.test(settings.accountId)) missing.push("--account-id <12 digits>");
  if (!settings.subjectPrefix.startsWith("repo:"))
    missing.push("--subject-prefix repo:ORG@ID/REPO@ID");
  if (missing.length > 0)
    throw new ToolError(
      `${file} holds placeholders of the template. Run once with ${missing.join(" and ")}; docs/getting-started.md says where to find them.`,
    );
  return settings;
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
