import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parse, parseDocument } from "yaml";
import { packageNamespaces, projectName, unreadNamespaces } from "../../config/namespaces.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../..");
/** Keys of bootstrap/Pulumi.yaml. */
const KEYS = ["allowedAccountIds", "githubSubjectPrefix", "stacks", "oidcProviderArn"];

/** What bootstrap/Pulumi.<account>.yaml says. */
export interface AccountSettings {
  accountId: string;
  subjectPrefix: string;
  region: string;
  stacks: string[];
}

/** An account file that cannot be used as it is; the message says what to set. */
export class AccountFileError extends Error {
  override readonly name = "AccountFileError";
}

/**
 * Reads an account file beside the Pulumi.yaml of its project.
 * @throws AccountFileError where the file still holds placeholders, or sets what nobody reads
 */
export async function readAccount(file: string): Promise<AccountSettings> {
  const project = projectName(path.dirname(file));
  const { config } = parse(await readFile(file, "utf8")) as { config: Record<string, unknown> };
  const [unread] = unreadNamespaces(Object.keys(config), {
    project,
    keys: KEYS,
    namespaces: packageNamespaces(REPOSITORY),
  });
  if (unread !== undefined) throw new AccountFileError(`${file}: ${unread.key} ${unread.reason}`);
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
  const settings = {
    accountId: list(config[`${project}:allowedAccountIds`])[0] ?? "",
    subjectPrefix: text(config[`${project}:githubSubjectPrefix`]),
    region: text(config["aws:region"]),
    stacks: list(config[`${project}:stacks`] ?? ["dev", "prod"]),
  };
  const missing = [
    /^\d{12}$/.test(settings.accountId) ? undefined : "--account-id <12 digits>",
    settings.subjectPrefix.startsWith("repo:") ? undefined : "--subject-prefix repo:ORG@ID/REPO@ID",
  ].filter((flag) => flag !== undefined);
  if (missing.length > 0)
    throw new AccountFileError(
      `${file} holds placeholders of the template. Run once with ${missing.join(" and ")}; docs/getting-started.md says where to find them.`,
    );
  return settings;
}

/** Writes values into the file and keeps its comments. */
export async function writeAccount(
  file: string,
  values: { accountId?: string; subjectPrefix?: string; region?: string },
): Promise<void> {
  const project = projectName(path.dirname(file));
  const document = parseDocument(await readFile(file, "utf8"));
  const set = (key: string, value: unknown): void => {
    if (value !== undefined) document.setIn(["config", key], value);
  };
  set(
    `${project}:allowedAccountIds`,
    // Quoted: a number would lose its leading zeros.
    values.accountId === undefined ? undefined : document.createNode([values.accountId]),
  );
  set(`${project}:githubSubjectPrefix`, values.subjectPrefix);
  set("aws:region", values.region);
  await writeFile(file, document.toString());
}
