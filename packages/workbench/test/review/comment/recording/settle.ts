/**
 * Makes of a recorded preview what AWS's provider would have shown, and keeps only what the comment reads.
 *
 * The stand-in cannot preview an update, so the engine takes every output of an updated resource for unknown, and what
 * refers to it for changed. AWS's provider knows these outputs: a service keeps its name, an alarm its ARN. Hence a value
 * that is unknown only because of updates gets its former value back, and a step without any change left goes.
 */
import { isDeepStrictEqual } from "node:util";

type Values = Record<string, unknown>;

interface State extends Values {
  inputs?: Values;
  propertyDependencies?: Record<string, string[]>;
}

interface Step {
  op: string;
  urn: string;
  oldState?: State;
  newState?: State;
  replaceReasons?: string[];
}

export interface Preview {
  steps?: Step[];
  changeSummary?: Record<string, number>;
  diagnostics?: { severity: string; message: string }[];
}

const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function settled(preview: Preview): Preview {
  let steps = preview.steps ?? [];
  let dropped = 0;
  const renewed = new Set(
    steps.filter(({ op }) => op === "create" || op === "replace").map(({ urn }) => urn),
  );
  for (let again = true; again;) {
    again = false;
    for (const step of steps) {
      if (restore(step, renewed)) again = true;
      if (step.op === "replace" && step.replaceReasons?.length === 0) {
        step.op = "update";
        renewed.delete(step.urn);
        again = true;
      }
    }
  }
  const before = steps.length;
  steps = steps.filter(
    ({ op, oldState, newState }) =>
      op !== "update" || !isDeepStrictEqual(oldState?.inputs, newState?.inputs),
  );
  dropped = before - steps.length;
  return { ...preview, steps: steps.map(trimmed), changeSummary: counted(preview, steps, dropped) };
}

function restore(step: Step, renewed: ReadonlySet<string>): boolean {
  const { oldState, newState } = step;
  let restored = false;
  for (const [key, value] of Object.entries(newState?.inputs ?? {})) {
    const sources = newState?.propertyDependencies?.[key] ?? [];
    if (!JSON.stringify(value).includes(UNKNOWN) || sources.some((urn) => renewed.has(urn)))
      continue;
    const former = oldState?.inputs?.[key];
    if (newState?.inputs === undefined || former === undefined) continue;
    newState.inputs[key] = former;
    restored = true;
  }
  if (step.replaceReasons !== undefined)
    step.replaceReasons = step.replaceReasons.filter(
      (key) => !isDeepStrictEqual(oldState?.inputs?.[key], newState?.inputs?.[key]),
    );
  return restored;
}

function counted(
  preview: Preview,
  steps: readonly Step[],
  dropped: number,
): Record<string, number> {
  const counts: Record<string, number> = {
    same: (preview.changeSummary?.["same"] ?? 0) + dropped,
  };
  for (const { op } of steps) if (op !== "same") counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}

function trimmed({ op, urn, oldState, newState, replaceReasons }: Step): Step {
  return {
    op,
    urn,
    ...(oldState === undefined ? {} : { oldState: kept(oldState) }),
    ...(newState === undefined ? {} : { newState: kept(newState) }),
    ...(replaceReasons === undefined || replaceReasons.length === 0 ? {} : { replaceReasons }),
  };
}

const KEPT = ["custom", "inputs", "protect", "retainOnDelete", "dependencies"];

function kept(state: State): State {
  return Object.fromEntries(KEPT.flatMap((key) => (key in state ? [[key, state[key]]] : [])));
}
