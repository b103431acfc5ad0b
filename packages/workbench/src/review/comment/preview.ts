import { boxOf, nameOf, typeOf } from "../diff/boxes.ts";
import { compareChanges } from "../diff/compare.ts";
import { topLevel } from "../diff/force-new.ts";
import type { Operation, PropertyChange, ResourceChange, StackChanges } from "../diff/types.ts";
import { UNKNOWN } from "../diff/types.ts";
import { compareMaps } from "../diff/values.ts";
import { defined } from "../../lib/defined.ts";
import { mapTexts } from "../../lib/json.ts";
import type { Json } from "../../plan/types.ts";
import { isMap, UNKNOWN as ENGINE_UNKNOWN } from "../../plan/wire.ts";

/** The engine's operations, as what they come to. What is missing changes nothing in the cloud. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  create: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  "create-replacement": "replace",
  "delete-replaced": "replace",
  import: "create",
  "import-replacement": "replace",
  discard: "delete",
};

/** A resource as `pulumi preview --json` shows its state (apitype.ResourceV3). */
interface State {
  custom?: boolean;
  inputs?: Record<string, Json>;
  outputs?: Record<string, Json>;
  dependencies?: string[];
  protect?: boolean;
  retainOnDelete?: boolean;
}

interface Step {
  op: string;
  urn: string;
  oldState?: State;
  newState?: State;
  /** Top-level properties that force the replacement. */
  replaceReasons?: string[];
  /** By path; a kind that ends in `-replace` forces the replacement. */
  detailedDiff?: Record<string, { kind: string; inputDiff: boolean }> | null;
}

/** The part of `pulumi preview --json` that is read. */
export interface PreviewDigest {
  steps?: Step[];
  /** Counts by operation; `same` among them. */
  changeSummary?: Record<string, number>;
}

/** Whether a value looks like `pulumi preview --json`. */
export function isPreviewDigest(value: unknown): value is PreviewDigest {
  return (
    isMap(value) &&
    (value["changeSummary"] !== undefined || value["steps"] !== undefined) &&
    (value["steps"] === undefined || Array.isArray(value["steps"]))
  );
}

/** What a preview says that a deployment of the stack would change. */
export function previewChanges(
  project: string,
  stack: string,
  preview: PreviewDigest,
): StackChanges {
  const byUrn = new Map<string, ResourceChange>();
  for (const step of preview.steps ?? []) {
    const change = resourceChange(step);
    // A replacement may show as one logical step, or as the creation and the deletion that it consists of.
    const known = byUrn.get(step.urn);
    if (change !== undefined)
      byUrn.set(step.urn, known === undefined ? change : merged(known, change));
  }
  return {
    project,
    stack,
    source: "preview",
    resources: [...byUrn.values()].sort(compareChanges),
    unchanged: preview.changeSummary?.["same"] ?? 0,
    config: [],
  };
}

function merged(first: ResourceChange, second: ResourceChange): ResourceChange {
  const { properties } = first.properties.length > 0 ? first : second;
  return { ...second, ...first, operation: "replace", properties };
}

function resourceChange(step: Step): ResourceChange | undefined {
  const { op, urn, oldState, newState } = step;
  const type = typeOf(urn);
  const state = newState ?? oldState;
  if (state?.custom !== true || type.startsWith("pulumi:")) return undefined;
  const unprotected =
    oldState?.protect === true && newState !== undefined && newState.protect !== true;
  const operation = OPERATIONS[op] ?? (unprotected ? "update" : undefined);
  if (operation === undefined) return undefined;
  const after = newState === undefined ? undefined : known(newState.inputs ?? {});
  const properties =
    operation === "update" || operation === "replace" ? propertyChanges(step, after ?? {}) : [];
  if (unprotected)
    properties.push({ path: "protect", before: true, after: false, replaces: false });
  return {
    urn,
    type,
    name: nameOf(urn),
    box: boxOf(urn),
    operation,
    properties,
    ...defined({ before: oldState && (oldState.inputs ?? {}), after }),
    dependencies: state.dependencies ?? [],
    protected: (newState ?? oldState)?.protect === true,
    retained: oldState?.retainOnDelete === true,
    unprotected,
  };
}

function propertyChanges(step: Step, after: Record<string, Json>): PropertyChange[] {
  const { oldState, newState, replaceReasons = [] } = step;
  const detailed = Object.entries(step.detailedDiff ?? {});
  const forcing = detailed.filter(([, { kind }]) => kind.endsWith("-replace"));
  const replacing = new Set([...replaceReasons, ...forcing.map(([path]) => path)].map(topLevel));
  const changes = compareMaps(oldState?.inputs ?? {}, after).map((change) => ({
    ...change,
    replaces: replacing.has(topLevel(change.path)),
  }));
  // What differs from the cloud but not from the inputs before, and secrets, which look alike.
  const shown = new Set(changes.map(({ path }) => topLevel(path)));
  const others = new Set([...detailed.map(([path]) => path), ...replaceReasons].map(topLevel));
  for (const path of [...others].filter((name) => !shown.has(name)).sort()) {
    const [before, next] = [oldState?.outputs?.[path], newState?.inputs?.[path]];
    changes.push({
      path,
      ...defined({ before, after: next }),
      replaces: replacing.has(path),
    });
  }
  return changes;
}

/** The inputs with a readable word where the engine does not know a value yet. */
function known(value: Record<string, Json>): Record<string, Json> {
  return mapTexts(value, (text) => text.replaceAll(ENGINE_UNKNOWN, UNKNOWN)) as typeof value;
}
