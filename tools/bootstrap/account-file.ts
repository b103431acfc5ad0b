import { readFile, writeFile } from "node:fs/promises";
import { parse, parseDocument } from "yaml";

const PROJECT = "koa-fargate-bootstrap";

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

/** @throws AccountFileError where the file still holds placeholders */
export async function readAccount(file: string): Promise<AccountSettings> {
  const { config } = parse(await readFile(file, "utf8")) as { config: Record<string, unknown> };
  const text = (value: unknown): string => (typeof value === "string" ? value : "");
  const list = (value: unknown): string[] => (Array.isArray(value) ? value.map(text) : []);
  const settings = {
    accountId: list(config[`${PROJECT}:allowedAccountIds`])[0] ?? "",
    subjectPrefix: text(config[`${PROJECT}:githubSubjectPrefix`]),
    region: text(config["aws:region"]),
    stacks: list(config[`${PROJECT}:stacks`] ?? ["dev", "prod"]),
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
  const document = parseDocument(await readFile(file, "utf8"));
  const set = (key: string, value: unknown): void => {
    if (value !== undefined) document.setIn(["config", key], value);
  };
  set(
    `${PROJECT}:allowedAccountIds`,
    // Quoted: a number would lose its leading zeros.
    values.accountId === undefined ? undefined : document.createNode([values.accountId]),
  );
  set(`${PROJECT}:githubSubjectPrefix`, values.subjectPrefix);
  set("aws:region", values.region);
  await writeFile(file, document.toString());
}
