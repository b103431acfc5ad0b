import * as pulumi from "@pulumi/pulumi";
import { KIND_BY_KEY, SECTIONS, type StackValues } from "./config/keys.ts";
import { isPlaceholder, Refusal } from "./config/kinds.ts";
import { foreignRegion, packageNamespaces, unreadNamespaces } from "@koa-fargate/workbench/project";
import { nearest } from "@koa-fargate/workbench/project";
import { strayHosts } from "./config/edge-rules.ts";
import { brokenServices } from "./config/service-rules.ts";
import { addressSpace } from "./config/address-space.ts";
import { sizedServices, type SizedService } from "./config/service-sizes.ts";
import type { Services } from "./config/services.ts";
import { services as declared } from "./services.ts";
import type { Problem } from "./config/problem.ts";
import { nameProblems } from "./config/names.ts";
import { brokenRules } from "./config/rules.ts";

/** The configuration of one stack: plain values, checked, grouped by component. */
export interface StackConfig extends Omit<StackValues, "services"> {
  /** The services beside the main one, each with its sizes. */
  readonly services: readonly SizedService[];
  /** What services.ts says. */
  readonly declared: Services;
  readonly project: string;
  readonly stack: string;
  /** Region of the stack: `aws:region`. */
  readonly region: string;
  /** Profile of the AWS configuration files that the stack is deployed with: `aws:profile`. */
  readonly profile: string | undefined;
}

/** How the program is evaluated. */
export interface ReadOptions {
  /**
   * True in the offline plan, which creates nothing: placeholders of the template are accepted with a warning.
   * @default false: a deployment refuses them
   */
  readonly offline?: boolean;
  /** Which services there are. @default those of services.ts */
  readonly services?: Services;
}

function regionProblems(region: string | undefined): Problem[] {
  const reason =
    region === undefined
      ? "is not set. Set the region of the stack, such as eu-west-1."
      : foreignRegion(region);
  return reason === undefined ? [] : [{ key: "aws:region", reason }];
}

/**
 * Reads and checks every key of the stack: the only place that does.
 * @throws pulumi.RunError that lists all problems, a sentence each
 */
export function readConfig(options: ReadOptions = {}): StackConfig {
  const project = pulumi.getProject();
  const stack = pulumi.getStack();
  const settings = pulumi.runtime.allConfig();
  const region = settings["aws:region"];
  const { values, refused } = parse(settings, project);
  const { services: ours = declared } = options;
  const wrong = refused.length === 0 ? brokenRules(values, region) : [];
  const sized = refused.length === 0 ? sizedServices(ours, values) : { services: [], problems: [] };
  const space =
    refused.length + wrong.length + sized.problems.length === 0
      ? addressSpace(values, sized.services)
      : [];
  const problems = [
    ...refused,
    ...regionProblems(region),
    // The rules between keys need every single value, so they wait until those are right.
    ...wrong,
    ...brokenServices(ours),
    ...(refused.length === 0 ? strayHosts(ours, values) : []),
    // What is wrong with the stack's own keys is said of them alone.
    ...space,
    ...sized.problems.filter(({ reason }) => !wrong.some((problem) => problem.reason === reason)),
    ...(refused.length === 0 ? nameProblems(values.account.namePrefix, stack) : []),
    ...unknownKeys(settings, project),
  ];
  for (const { key, text } of placeholders(values)) {
    const sentence = `is the placeholder ${text} of the template`;
    if (options.offline === true)
      void pulumi.log.warn(`${key} ${sentence}: set your own before the first deployment`);
    else problems.push({ key, reason: `${sentence}. Write your own into Pulumi.${stack}.yaml.` });
  }
  if (region === undefined || problems.length > 0) throw refuse(stack, project, problems);
  return {
    ...values,
    ...{ project, stack, region, profile: settings["aws:profile"] },
    services: sized.services,
    declared: ours,
  };
}

function parse(
  settings: Record<string, string>,
  project: string,
): { values: StackValues; refused: Problem[] } {
  const refused: Problem[] = [];
  const values = Object.fromEntries(
    Object.entries(SECTIONS).map(([section, kinds]) => [
      section,
      Object.fromEntries(
        Object.entries(kinds).map(([key, kind]) => {
          const setting = `${project}:${key}`;
          const value = isConfigSecret(setting) ? ENCRYPTED : kind.parse(settings[setting]);
          if (value instanceof Refusal) refused.push({ key, reason: value.reason });
          return [key, value];
        }),
      ),
    ]),
  );
  // Each entry was parsed by the kind that StackValues takes its type from, or is a problem that ends the program.
  return { values: values as unknown as StackValues, refused };
}

/** A part of the SDK that its types leave out. */
const { isConfigSecret } = pulumi.runtime as unknown as {
  isConfigSecret: (key: string) => boolean;
};

/** Every key ends up readable: in the state, in a task definition, in a message of this file. */
const ENCRYPTED = new Refusal(
  "is encrypted, but its value would stand in plain text in the stack's state. Store secrets in Secrets Manager and name their ARN under secrets; set anything else without --secret.",
);

/** The packages of a program do not change while it runs. */
const NAMESPACES = packageNamespaces(import.meta.dirname);

/** The Pulumi CLI passes misspelt keys on without a word. */
function unknownKeys(settings: Record<string, string>, project: string): Problem[] {
  const keys = [...KIND_BY_KEY.keys()];
  const own = Object.keys(settings).flatMap((setting) => {
    const [namespace = "", key = ""] = setting.split(":");
    if (namespace !== project || KIND_BY_KEY.has(key)) return [];
    const near = nearest(key, keys);
    return [
      {
        key,
        reason: `is not a key. ${near === undefined ? "Pulumi.yaml lists the keys." : `Did you mean ${near}?`}`,
      },
    ];
  });
  return [
    ...own,
    ...unreadNamespaces(Object.keys(settings), { project, keys, namespaces: NAMESPACES }),
  ];
}

/** The keys whose value only the owner of the stack can know, and that still hold what the template says. */
function placeholders(values: StackValues): { key: string; text: string }[] {
  const found = (key: string, value: unknown): { key: string; text: string }[] => {
    if (typeof value === "string") return isPlaceholder(value) ? [{ key, text: value }] : [];
    if (Array.isArray(value))
      return value.flatMap((item: unknown, index) => found(`${key}[${index}]`, item));
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
    ({ key, reason }) =>
      `  ${/^[^.]+:|^services\.ts/.test(key) ? key : `${project}:${key}`} ${reason}`,
  );
  return new pulumi.RunError([`${stack}: ${count} in Pulumi.${stack}.yaml`, ...lines].join("\n"));
}
