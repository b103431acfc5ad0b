import * as pulumi from "@pulumi/pulumi";
import { KIND_BY_KEY, SECTIONS, type StackValues } from "./config/keys.ts";
import { isPlaceholder, Refusal } from "./config/kinds.ts";
import { nearest } from "./config/nearest.ts";
import { brokenRules, type Problem } from "./config/rules.ts";

/** The configuration of one stack: plain values, checked, grouped by component. */
export interface StackConfig extends StackValues {
  readonly project: string;
  readonly stack: string;
  /** Region of the stack: `aws:region`. */
  readonly region: string;
}

/** How the program is evaluated. */
export interface ReadOptions {
  /**
   * True in the offline plan, which creates nothing: placeholders of the template are accepted with a warning.
   * @default false: a deployment refuses them
   */
  readonly offline?: boolean;
}

/**
 * Reads and checks every key of the stack: the only place that does.
 * @throws pulumi.RunError that lists all problems, a sentence each
 */
export function readConfig(options: ReadOptions = {}): StackConfig {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  const settings = pulumi.runtime.allConfig();
  const { values, problems } = parse(settings, project);

  const region = settings["aws:region"];
  if (region === undefined)
    problems.push({
      key: "aws:region",
      reason: "is not set. Set the region of the stack, such as eu-west-1.",
    });
  // The rules between keys need every single value, so they wait until those are right.
  if (problems.length === 0) problems.push(...brokenRules(values));
  for (const { key, text } of placeholders(values)) {
    const sentence = `is the placeholder ${text} of the template`;
    if (options.offline === true)
      void pulumi.log.warn(`${key} ${sentence}: set your own before the first deployment`);
    else
      problems.push({
        key,
        reason: `${sentence}. Set your own with: pulumi config set ${key} ...`,
      });
  }
  if (region === undefined || problems.length > 0) throw refuse(stack, project, problems);
  return { ...values, project, stack, region };
}

function parse(
  settings: Record<string, string>,
  project: string,
): { values: StackValues; problems: Problem[] } {
  const problems: Problem[] = [];
  const prefix = `${project}:`;
  for (const setting of Object.keys(settings).filter((name) => name.startsWith(prefix))) {
    const key = setting.slice(prefix.length);
    if (KIND_BY_KEY.has(key)) continue;
    const near = nearest(key, [...KIND_BY_KEY.keys()]);
    problems.push({
      key,
      reason: `is not a key. ${near === undefined ? "Pulumi.yaml lists the keys." : `Did you mean ${near}?`}`,
    });
  }
  const values = Object.fromEntries(
    Object.entries(SECTIONS).map(([section, kinds]) => [
      section,
      Object.fromEntries(
        Object.entries(kinds).map(([key, kind]) => {
          const value = kind.parse(settings[prefix + key]);
          if (value instanceof Refusal) problems.push({ key, reason: value.reason });
          return [key, value];
        }),
      ),
    ]),
  );
  // Each entry was parsed by the kind that StackValues takes its type from, or is a problem that ends the program.
  return { values: values as unknown as StackValues, problems };
}

/** The keys whose value only the owner of the stack can know, and that still hold what the template says. */
function placeholders(values: StackValues): { key: string; text: string }[] {
  const found = (key: string, value: unknown): { key: string; text: string }[] => {
    if (typeof value === "string") return isPlaceholder(value) ? [{ key, text: value }] : [];
    if (Array.isArray(value)) return value.flatMap((item: unknown) => found(key, item));
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, entry]) => found(`${key}.${name}`, entry));
  };
  return Object.values(values).flatMap((section) =>
    Object.entries(section).flatMap(([key, value]) => found(key, value)),
  );
}

function refuse(stack: string, project: string, problems: readonly Problem[]): pulumi.RunError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map(
    ({ key, reason }) => `  ${key.includes(":") ? key : `${project}:${key}`} ${reason}`,
  );
  return new pulumi.RunError([`${stack}: ${count} in Pulumi.${stack}.yaml`, ...lines].join("\n"));
}
