/** Marks in a plan what it does not know for sure, and says it in sentences. */
import { NOT_KNOWN_YET, type Grade, type Json, type Plan, type PlannedResource } from "../types.ts";
import { mapTexts } from "../../lib/json.ts";
import { joinPath, UNKNOWN } from "../wire.ts";
import type { BoxRule } from "../../project/workbench-config.ts";

type Graded = readonly [text: string, grade: Grade];

/** What an evaluation had to guess beside the outputs of its resources. */
export interface Guesses {
  /** Function token -> grade of its answers. */
  calls: ReadonlyMap<string, Grade>;
  /** Full configuration key -> invented text. */
  config: ReadonlyMap<string, string>;
  /** Further texts with their grades, such as those of answers. */
  texts: readonly Graded[];
  /** Remote components whose contents are not in the plan. */
  opaque: readonly string[];
  /** Further sentences. */
  notes: readonly string[];
}

const WORST: readonly Grade[] = ["unknown", "invented", "declared", "table"];
/** Shorter texts appear by chance. */
const TELLING = 6;

/** The plan with grades, boxes and notes. */
export function graded(plan: Plan, guesses: Guesses, boxes: readonly BoxRule[] = []): Plan {
  const hide = (text: string): string => text.replaceAll(UNKNOWN, NOT_KNOWN_YET);
  const shown = mapTexts(plan as unknown as Json, hide) as unknown as Plan;
  const byUrn = new Map(shown.resources.map((resource) => [resource.urn, resource]));
  const given = [...guesses.config.values()].map((text) => [text, "invented"] as const);
  const common = [...given, ...guesses.texts].filter(([text]) => text.length >= TELLING);
  for (const resource of shown.resources) {
    const grades = inputGrades(resource, byUrn, common);
    if (Object.keys(grades).length > 0) resource.inputGrades = grades;
    const box = boxes.find((rule) => fits(rule, resource, byUrn))?.name;
    if (box !== undefined) resource.box = box;
  }
  for (const invoke of shown.invokes) {
    const grade = guesses.calls.get(invoke.token);
    if (grade !== undefined) invoke.grade = grade;
  }
  const prefix = `${plan.project}:`;
  const keys = [...guesses.config.keys()]
    .sort()
    .map((key) => (key.startsWith(prefix) ? key.slice(prefix.length) : key));
  return {
    ...shown,
    outputGrades: worstGrades(shown.outputs, [...shown.resources.flatMap(gradedTexts), ...common]),
    configGrades: Object.fromEntries(keys.map((key): [string, Grade] => [key, "invented"])),
    notes: sentences(shown, keys, guesses),
  };
}

function inputGrades(
  { inputs, propertyDependencies }: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
  common: readonly Graded[],
): Record<string, Grade> {
  const found: Record<string, Grade> = {};
  for (const [key, value] of Object.entries(inputs)) {
    const urns = propertyDependencies[key] ?? [];
    const sources = urns.flatMap((urn) => gradedTexts(byUrn.get(urn)));
    Object.assign(found, worstGrades({ [key]: value }, [...sources, ...common]));
  }
  return found;
}

/** Path -> the worst grade of the texts that a value repeats. */
function worstGrades(
  values: Readonly<Record<string, Json>>,
  sources: readonly Graded[],
): Record<string, Grade> {
  const found: Record<string, Grade> = {};
  for (const [path, text] of leaves(values, "")) {
    const grades = sources.filter(([source]) => text.includes(source)).map(([, grade]) => grade);
    if (text.includes(NOT_KNOWN_YET)) grades.push("unknown");
    const worst = WORST.find((grade) => grades.includes(grade));
    if (worst !== undefined) found[path] = worst;
  }
  return found;
}

function gradedTexts(resource: PlannedResource | undefined): Graded[] {
  return Object.entries(resource?.outputGrades ?? {}).flatMap(([name, grade]) =>
    leaves(resource?.outputs[name] ?? null, "")
      .filter(([, text]) => text.length >= TELLING)
      .map(([, text]): Graded => [text, grade]),
  );
}

/** Texts in a value, each with its path. */
export function leaves(value: Json, path: string): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  if (Array.isArray(value))
    return value.flatMap((inner, index) => leaves(inner, joinPath(path, index)));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, joinPath(path, key)));
}

function fits(
  rule: BoxRule,
  resource: PlannedResource,
  byUrn: ReadonlyMap<string, PlannedResource>,
): boolean {
  const { types, parent } = rule;
  return (
    (types === undefined || types.some((type) => resource.type.startsWith(type))) &&
    (parent === undefined || below(resource, parent, byUrn))
  );
}

function below(
  resource: PlannedResource,
  name: string,
  byUrn: ReadonlyMap<string, PlannedResource>,
): boolean {
  const parent = byUrn.get(resource.parent ?? "");
  return parent !== undefined && (parent.name === name || below(parent, name, byUrn));
}

function sentences(plan: Plan, keys: readonly string[], guesses: Guesses): string[] {
  const invented = plan.resources.filter(({ outputGrades = {} }) =>
    Object.values(outputGrades).includes("invented"),
  );
  const types = [...new Set(invented.map(({ type }) => type))].sort();
  const calls = [...guesses.calls]
    .filter(([, grade]) => grade === "invented")
    .map(([token]) => token);
  const unknown = plan.resources
    .flatMap(({ inputGrades = {} }) => Object.values(inputGrades))
    .filter((grade) => grade === "unknown");
  return [
    ...(keys.length === 0 ? [] : [`Nothing sets ${keys.join(", ")}: placeholders stand in.`]),
    ...(types.length === 0 ? [] : [`Ids, ARNs and names of ${types.join(", ")} are invented.`]),
    ...(calls.length === 0 ? [] : [`Answers of ${calls.join(", ")} are invented.`]),
    ...(unknown.length === 0
      ? []
      : [
          `${unknown.length} ${unknown.length === 1 ? "input is" : "inputs are"} unknown until a deployment.`,
        ]),
    ...guesses.opaque.map((component) => `What ${component} creates is not in the plan.`),
    ...guesses.notes,
  ];
}
