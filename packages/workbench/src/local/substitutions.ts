import { isMap } from "../lib/json.ts";
import { readPackage } from "../project/app-package.ts";
import { LocalRunError } from "../plan/plan-reader.ts";

/** Stands for the folder that keeps a stack's data on this machine. */
export const DATA_FOLDER = "{dataFolder}";

/** What an app wants to be told on a machine without AWS: the field `local` of its package.json. */
export interface Substitutions {
  /**
   * Values in place of the stack's; null takes the variable away. Only what the container has is changed, and what names
   * `{dataFolder}` is set in any case.
   */
  readonly environment: Readonly<Record<string, string | null>>;
  /** Given with --env, this variable keeps `environment` out: it names an emulator, for example. */
  readonly unless?: string;
  /** How the stand-in of a secret reaches the app, and the header in which callers send it. */
  readonly secrets: Readonly<Record<string, SecretForm>>;
}

export interface SecretForm {
  /** `{secret}` stands for the stand-in, `{sha256}` for its SHA-256 in hexadecimal digits. */
  readonly value: string;
  /** @default - callers do not send it */
  readonly header?: string;
}

export const NO_SUBSTITUTIONS: Substitutions = { environment: {}, secrets: {} };

/**
 * Reads the field `local` of an app's package.json.
 * @param shown the folder as messages name it
 * @throws LocalRunError, one sentence, for what is none
 */
export async function readSubstitutions(
  appFolder: string,
  shown: string = appFolder,
): Promise<Substitutions> {
  const { local } = await readPackage(appFolder);
  return local === undefined ? NO_SUBSTITUTIONS : parse(local, `${shown}/package.json`);
}

function parse(local: unknown, file: string): Substitutions {
  const refuse = (path: string, value: unknown, want: string): LocalRunError =>
    new LocalRunError(`${file} sets ${path} to ${JSON.stringify(value)}. It takes ${want}.`);
  const known = "environment, unless and secrets";
  if (!isMap(local)) throw refuse("local", local, `an object of ${known}`);
  const { environment = {}, unless, secrets = {}, ...others } = local;
  for (const [key, value] of Object.entries(others))
    throw refuse(`local.${key}`, value, `${known} alone`);
  if (!isMap(environment)) throw refuse("local.environment", environment, "values by variable");
  for (const [name, value] of Object.entries(environment))
    if (typeof value !== "string" && value !== null)
      throw refuse(`local.environment.${name}`, value, "a text, or null to take the variable away");
  if (unless !== undefined && typeof unless !== "string")
    throw refuse("local.unless", unless, "the name of a variable");
  if (!isMap(secrets)) throw refuse("local.secrets", secrets, "forms by variable");
  for (const [name, form] of Object.entries(secrets))
    if (!isForm(form))
      throw refuse(
        `local.secrets.${name}`,
        form,
        "a value in which {secret} or {sha256} stands for the stand-in, and the name of a header if callers send it",
      );
  // Each value was checked above.
  return { environment, secrets, ...(unless === undefined ? {} : { unless }) } as Substitutions;
}

const isForm = (form: unknown): form is SecretForm =>
  isMap(form) &&
  typeof form["value"] === "string" &&
  /\{(secret|sha256)\}/.test(form["value"]) &&
  ["string", "undefined"].includes(typeof form["header"]) &&
  Object.keys(form).every((key) => key === "value" || key === "header");
