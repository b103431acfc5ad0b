import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { Problem } from "../../../config/problem.ts";
import { Refusal } from "../../../config/kinds.ts";
import { SECTIONS, type StackValues } from "../../../config/keys.ts";
import { brokenRules } from "../../../config/rules.ts";

interface ProjectFile {
  config: Record<string, { default: unknown }>;
}

const PROJECT_FILE = parse(readFileSync("Pulumi.yaml", "utf8")) as ProjectFile;

/** Pulumi.yaml as it is committed. */
export const projectFile = (): ProjectFile => PROJECT_FILE;

const text = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** The values of a stack that sets these keys, over the defaults of Pulumi.yaml. */
export function valuesWith(settings: Readonly<Record<string, unknown>> = {}): StackValues {
  const { config } = projectFile();
  const unknown = Object.keys(settings).filter((key) => !(key in config));
  if (unknown.length > 0) throw new Error(`not keys: ${unknown.join(", ")}`);
  const sections = Object.entries(SECTIONS).map(([section, kinds]) => [
    section,
    Object.fromEntries(
      Object.entries(kinds).map(([key, kind]) => {
        const value = kind.parse(text(key in settings ? settings[key] : config[key]?.default));
        if (value instanceof Refusal) throw new Error(`${key} ${value.reason}`);
        return [key, value];
      }),
    ),
  ]);
  return Object.fromEntries(sections) as StackValues;
}

/** The sentences of the rules that such a stack breaks, in eu-west-1 unless told otherwise. */
export function broken(
  settings: Readonly<Record<string, unknown>>,
  region: string | undefined = "eu-west-1",
): string[] {
  return brokenRules(valuesWith(settings), region).map(
    ({ key, reason }: Problem) => `${key} ${reason}`,
  );
}
