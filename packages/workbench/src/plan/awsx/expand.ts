import { scalar } from "../plan-reader.ts";
import { messageOf } from "../../lib/words.ts";
import type { Ledger } from "../ledger.ts";
import type { Json, PlannedResource } from "../types.ts";
import {
  hasSecret,
  maskedMap,
  plainMap,
  UNKNOWN,
  wireResource,
  type Wire,
  type WireMap,
} from "../wire.ts";
import { COMPONENTS } from "./components.ts";
import {
  referredTo,
  resolveReferences,
  type Component,
  type Expansion,
  type Reference,
} from "./expansion.ts";

/** Outputs of a remote component, and the resources that each came from. */
export interface Expanded {
  outputs: WireMap;
  dependencies: Record<string, string[]>;
}

/** What of the stack matters to an expansion. */
interface Around {
  stack: string;
  firstPreview: boolean;
  /** Reference of the provider that children inherit. */
  provider: string | undefined;
}

/** Registers what a remote component would create. @returns undefined where that is a problem of the ledger */
export async function expandComponent(
  ledger: Ledger,
  component: PlannedResource,
  around: Around,
): Promise<Expanded | undefined> {
  const { provider } = around;
  const expansion = expansionOf(ledger, component, around);
  if (expansion === undefined) return undefined;
  ledger.warnings.push(...expansion.warnings);
  const urns = new Map<string, string>();
  const urnOf = (key: string) => urns.get(key) ?? "";
  const value = ({ resource, output }: Reference): Wire => {
    const { id, state } = ledger.known(urnOf(resource));
    const missing = around.firstPreview ? UNKNOWN : null;
    if (output === undefined) return wireResource(urnOf(resource), id);
    return (output === "id" && id !== "" ? id : state[output]) ?? missing;
  };
  const given = [...new Set(Object.values(component.propertyDependencies).flat())];
  for (const child of expansion.resources) {
    const parent = child.parent === undefined ? component.urn : urnOf(child.parent);
    urns.set(child.key, ledger.urn(parent, child.type, child.name));
    const inputs = resolveReferences(child.inputs, value) as WireMap;
    const propertyDependencies = Object.fromEntries(
      Object.entries(child.inputs).map(([key, input]) => [
        key,
        [
          ...referredTo(input).map(urnOf),
          ...given.filter((urn) => names(ledger, urn, inputs[key] ?? null)),
        ],
      ]),
    );
    const inherited = {
      ...(component.options.protect === true ? { protect: true } : {}),
      ...(provider === undefined ? {} : { provider }),
    };
    await ledger.add(
      {
        type: child.type,
        name: child.name,
        custom: !child.type.startsWith("awsx:"),
        parent,
        inputs,
        options: inherited,
        dependencies: [
          ...child.dependsOn.map(urnOf),
          ...Object.values(propertyDependencies).flat(),
        ],
        propertyDependencies,
        transforms: [],
        providers: new Map(),
      },
      true,
    );
  }
  const outputs = resolveReferences(expansion.outputs, value) as WireMap;
  component.outputs = maskedMap(outputs);
  const dependencies = Object.fromEntries(
    Object.entries(expansion.outputs).map(([key, output]) => [key, referredTo(output).map(urnOf)]),
  );
  return { outputs, dependencies };
}

/** Whether a value names a resource that was given to the component. */
function names(ledger: Ledger, urn: string, value: Wire): boolean {
  const text = JSON.stringify(value);
  const { id, state } = ledger.known(urn);
  return [id, state["arn"]].some(
    (own) => typeof own === "string" && own !== "" && text.includes(own),
  );
}

function expansionOf(
  ledger: Ledger,
  { type, urn, name }: PlannedResource,
  { stack, provider }: Around,
): Expansion | undefined {
  const { state } = ledger.known(urn);
  const whole = (reference: WireMap): Json => {
    const { id, state: own } = ledger.known(scalar(reference["urn"]));
    return { ...plainMap(own), id };
  };
  const component: Component = {
    name,
    inputs: plainMap(state, whole),
    stack,
    region: ledger.accountOf(provider).region,
    secret: hasSecret(state),
    vpcOf: (subnet) =>
      ledger.resources.find(({ outputs }) => outputs["id"] === subnet)?.outputs["vpcId"] ?? UNKNOWN,
    invent: (text) => {
      ledger.invented.add(text);
      return text;
    },
  };
  try {
    const expand = COMPONENTS[type];
    if (expand !== undefined) return expand(component);
    ledger.problems.push(
      `${type} ${name}: the plan does not know what this remote component creates`,
    );
  } catch (error) {
    ledger.problems.push(`${type} ${name}: ${messageOf(error)}`);
  }
  return undefined;
}
