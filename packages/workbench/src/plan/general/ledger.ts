import { Ledger, STACK, type Known, type LedgerArgs, type Registration } from "../ledger.ts";
import type { Expanded } from "../awsx/expand.ts";
import { COMPONENTS } from "../awsx/components.ts";
import { COMPUTED } from "../mocks/table.ts";
import type { Transformable } from "../transforms.ts";
import type { Grade, Json, PlannedResource } from "../types.ts";
import { plainMap, UNKNOWN, type WireMap } from "../wire.ts";
import { declared, type WorkbenchConfig } from "../../project/workbench-config.ts";
import type { Metadata } from "./metadata.ts";
import { inventOutputs } from "./stand-ins.ts";

export interface GeneralLedgerArgs extends LedgerArgs {
  declared: WorkbenchConfig;
  metadata: Metadata;
  /** Type -> names of its properties, outputs among them, as the SDK registers them. */
  names: ReadonlyMap<string, readonly string[]>;
}

/** The ledger of a program that nobody prepared: what no table lists is declared, invented or unknown. */
export class GeneralLedger extends Ledger {
  /** Sentences on remote components whose contents are not in the plan. */
  readonly opaque: string[] = [];

  readonly #args: GeneralLedgerArgs;
  readonly #grades = new Map<string, Record<string, Grade>>();

  constructor(args: GeneralLedgerArgs) {
    super(args);
    this.#args = args;
  }

  override async add(registration: Registration, expanded = false): Promise<PlannedResource> {
    const planned = await super.add(registration, expanded);
    const grades = this.#grades.get(planned.urn) ?? {};
    if (Object.keys(grades).length > 0) planned.outputGrades = grades;
    return planned;
  }

  override compute(resource: Transformable): Known {
    const { type, name, parent, inputs } = resource;
    const urn = this.urn(parent, type, name);
    if (type === STACK || type.startsWith("pulumi:providers:")) return super.compute(resource);
    const account = this.accountOf(resource.options.provider);
    const plain = plainMap(inputs);
    const own = this.declared(resource);
    if (own !== undefined) {
      const { id = null, ...outputs } = own;
      const text = typeof id === "string" ? id : this.#invented(type, urn, name, plain, account).id;
      this.#graded(urn, inputs, own, "declared");
      return { id: text, state: { ...inputs, ...outputs } };
    }
    if (this.#args.declared.strict === true) return super.compute(resource);
    if (type in COMPUTED) {
      const known = this.#fromTable(resource);
      if (known !== undefined) {
        this.#graded(urn, inputs, { ...known.state, id: known.id }, "table");
        return known;
      }
    }
    const { id, ...outputs } = this.#invented(type, urn, name, plain, account);
    const state = { ...inputs, ...withoutUnknown(outputs) };
    this.#graded(urn, inputs, { ...state, id }, "invented");
    return { id: id, state: this.#withTags(type, state) };
  }

  /** Contents of a component of another process: expanded where a table says what it creates, else left open. */
  override async expand(component: PlannedResource): Promise<Expanded> {
    const { resources, strict } = this.#args.declared;
    const isDeclared = resources?.[component.type] !== undefined;
    const isKnown = !isDeclared && (strict === true || component.type in COMPONENTS);
    const expanded = isKnown ? await super.expand(component) : undefined;
    if (expanded !== undefined) return expanded;
    component.opaque = true;
    this.opaque.push(`${component.type} ${component.name}`);
    const { type: token, name, inputs } = component;
    const outputs = declared(resources, { token, name, inputs, ...this.accountOf(undefined) });
    component.outputs = { ...outputs };
    this.#graded(component.urn, {}, component.outputs, "declared");
    component.outputGrades = this.#grades.get(component.urn) ?? {};
    return { outputs: { ...outputs }, dependencies: {} };
  }

  /** Undefined where the table cannot cope with the inputs. */
  #fromTable(resource: Transformable): Known | undefined {
    try {
      const { id, state } = super.compute(resource);
      return id.includes(UNKNOWN)
        ? undefined
        : { id, state: { ...withoutUnknown(state), ...resource.inputs } };
    } catch {
      return undefined;
    }
  }

  #invented(
    type: string,
    urn: string,
    name: string,
    inputs: Record<string, Json>,
    account: { region: string; accountId: string },
  ): { id: string; [output: string]: Json } {
    return inventOutputs(
      type,
      { urn, name, inputs, ...account, proposed: this.#args.naming(type, name) },
      this.#args.names.get(type) ?? [],
      this.#args.metadata,
    );
  }

  /** Tags of the resource itself; default tags of a provider are the table's business. */
  #withTags(type: string, state: WireMap): WireMap {
    const names = this.#args.names.get(type) ?? [];
    return names.includes("tagsAll") && state["tags"] !== undefined
      ? { ...state, tagsAll: state["tags"] }
      : state;
  }

  /** One grade for all outputs that no input gave. */
  #graded(urn: string, inputs: WireMap, outputs: WireMap, grade: Grade): void {
    const own = Object.keys(outputs).filter((name) => inputs[name] === undefined);
    this.#grades.set(urn, Object.fromEntries(own.sort().map((name) => [name, grade])));
  }
}

/** Without values that were made of something unknown. */
function withoutUnknown(values: WireMap): WireMap {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => !JSON.stringify(value).includes(UNKNOWN)),
  );
}
