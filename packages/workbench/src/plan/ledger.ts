import { expandComponent, type Expanded } from "./awsx/expand.ts";
import { declared, type WorkbenchConfig } from "../project/workbench-config.ts";
import { unknownPlainInputs } from "./mocks/plain-inputs.ts";
import { digest, uuidFrom, type Account } from "./mocks/resource.ts";
import { computeOutputs } from "./mocks/table.ts";
import type { Naming } from "./naming.ts";
import type { Transformable } from "./transforms.ts";
import type { Json, PlannedResource } from "./types.ts";
import {
  isMap,
  derivedFrom,
  joinPath,
  maskedMap,
  merged,
  mistakes,
  plainMap,
  withSecrets,
  type Wire,
  type WireMap,
} from "./wire.ts";

export const STACK = "pulumi:pulumi:Stack";

export interface LedgerArgs {
  project: string;
  stack: string;
  account: Account;
  naming: Naming;
  /** Tags of the default provider. */
  defaultTags: Record<string, Json>;
  /** Texts that no plan may show. */
  secretTexts: readonly string[];
  /** Whether nothing is created yet, so that no output is known but those that repeat an input. */
  firstPreview: boolean;
  /** Outputs of types that the table does not have, as `workbench.config.ts` says. @default none */
  declared?: WorkbenchConfig;
  /** Calls the transform registered under a token. */
  transform: (token: string, resource: Transformable) => Promise<Transformable>;
}

/** What a provider would know of a resource. */
export interface Known {
  id: string;
  /** Inputs and computed outputs, secrets still wrapped. */
  state: WireMap;
}

export interface Registration extends Transformable {
  propertyDependencies: Record<string, string[]>;
  /** Tokens of its own transforms; its children get them too. */
  transforms: string[];
  /** Providers that its children inherit: package -> reference. */
  providers: ReadonlyMap<string, string>;
}

/** The resources of one evaluation and what is known of them. */
export class Ledger {
  readonly resources: PlannedResource[] = [];
  /** What would make the plan untrue, a sentence each. */
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  /** Texts that stand for what no plan can look up, such as the default VPC. */
  readonly invented = new Set<string>();
  readonly stackTransforms: string[] = [];

  readonly #args: LedgerArgs;
  readonly #known = new Map<string, Known>();
  readonly #parents = new Map<string, string>();
  readonly #transforms = new Map<string, readonly string[]>();
  readonly #providers = new Map<string, ReadonlyMap<string, string>>();

  constructor(args: LedgerArgs) {
    this.#args = args;
  }

  /** As the engine makes it: types of all parents but the stack, joined. */
  urn(parent: string, type: string, name: string): string {
    const qualified = parent.split("::")[2] ?? "";
    const chain = qualified === "" || qualified === STACK ? type : `${qualified}$${type}`;
    return `urn:pulumi:${this.#args.stack}::${this.#args.project}::${chain}::${name}`;
  }

  known(urn: string): Known {
    return this.#known.get(urn) ?? { id: "", state: {} };
  }

  /** Records a resource as the engine would after all transforms, with its outputs. */
  async add(registration: Registration, expanded = false): Promise<PlannedResource> {
    const urn = this.urn(registration.parent, registration.type, registration.name);
    if (this.#known.has(urn))
      this.problems.push(
        `${label(registration)}: Duplicate resource URN '${urn}'; try giving it a unique name`,
      );
    this.#known.set(urn, { id: "", state: {} });
    this.#parents.set(urn, registration.parent);
    this.#transforms.set(urn, registration.transforms);
    if (!registration.custom)
      this.#providers.set(
        urn,
        new Map([...(this.#providers.get(registration.parent) ?? []), ...registration.providers]),
      );

    const resource = await this.#transformed(urn, registration);
    const { inputs, options } = resource;
    const before = this.problems.length;
    for (const [key, value] of Object.entries(inputs))
      this.check(value, `${label(resource)}: ${joinPath("", key)}`);
    for (const refusal of unknownPlainInputs(resource.type, inputs))
      this.problems.push(`${label(resource)}: ${refusal}`);
    const inputsAreRight = this.problems.length === before;
    const known = resource.custom ? this.compute(resource) : { id: "", state: inputs };
    const state = withSecrets(known.state, options.additionalSecretOutputs ?? []);
    // What is wrong with an input comes back in the outputs made of it.
    if (inputsAreRight)
      for (const [key, value] of Object.entries({ ...state, id: known.id }))
        if (!(key in inputs)) this.check(value, `${label(resource)}: output ${key}`);
    this.#known.set(urn, { id: known.id, state });

    const secretPaths: string[] = [];
    const planned: PlannedResource = {
      urn,
      type: resource.type,
      name: resource.name,
      ...(resource.parent === "" ? {} : { parent: resource.parent }),
      custom: resource.custom,
      inputs: maskedMap(inputs, secretPaths),
      outputs: resource.custom ? { ...maskedMap(state), id: known.id } : {},
      dependencies: [...new Set(resource.dependencies)].sort(),
      propertyDependencies: Object.fromEntries(
        Object.entries(registration.propertyDependencies)
          .filter(([key, urns]) => urns.length > 0 && key in inputs)
          .map(([key, urns]) => [key, [...urns].sort()]),
      ),
      options,
      secretPaths,
      expanded,
    };
    this.resources.push(planned);
    return planned;
  }

  /** Outputs that the provider of the resource would compute. */
  compute(resource: Transformable): Known {
    const { type, name, inputs } = resource;
    const urn = this.urn(resource.parent, type, name);
    // A provider is a resource of the engine's own, and its outputs are its inputs.
    if (type.startsWith("pulumi:providers:")) return { id: uuidFrom(digest(urn)), state: inputs };
    // The SDK takes an id that is empty, and an output that is missing, for one that is not known yet.
    if (this.#args.firstPreview) return { id: "", state: inputs };
    const { provider } = resource.options;
    const own = this.declared(resource);
    if (own !== undefined) {
      const { id, ...outputs } = own;
      const state = { ...inputs, ...withSecrets(outputs, derivedFrom(inputs, outputs)) };
      return { id: typeof id === "string" ? id : digest(urn).slice(0, 17), state };
    }
    const computed = computeOutputs(type, {
      urn,
      name,
      inputs: plainMap(inputs),
      ...this.accountOf(provider),
      proposed: this.#args.naming(type, name),
    });
    if (computed === undefined) {
      this.problems.push(
        `${label(resource)}: the plan has no outputs for this resource type: declare them under resources in workbench.config.ts`,
      );
      return { id: digest(urn).slice(0, 17), state: inputs };
    }
    this.problems.push(...computed.refusals.map((refusal) => `${label(resource)}: ${refusal}`));
    const outputs = withSecrets(computed.outputs, derivedFrom(inputs, computed.outputs));
    const tagsAll = computed.taggable
      ? { tagsAll: merged(this.#defaultTagsOf(provider), inputs["tags"] ?? {}) }
      : {};
    return { id: computed.id, state: { ...inputs, ...outputs, ...tagsAll } };
  }

  /** What `workbench.config.ts` says of a resource. */
  protected declared({ type: token, name, inputs, options }: Transformable) {
    const account = this.accountOf(options.provider);
    const asked = { token, name, inputs: plainMap(inputs), ...account };
    return declared(this.#args.declared?.resources, asked);
  }

  /** Creates what a remote component would. */
  expand(component: PlannedResource): Promise<Expanded | undefined> {
    const { stack, firstPreview } = this.#args;
    const provider = this.#providers.get(component.urn)?.get("aws");
    return expandComponent(this, component, { stack, firstPreview, provider });
  }

  check(value: Wire, where: string): void {
    this.problems.push(...mistakes(value, where, this.#args.secretTexts, this.#args.firstPreview));
  }

  /** Account and region of what a provider makes; of the default provider where none is named. */
  accountOf(provider: string | undefined): Account {
    const { region } = this.#providerInputs(provider);
    return typeof region === "string" ? { ...this.#args.account, region } : this.#args.account;
  }

  async #transformed(urn: string, registration: Registration): Promise<Transformable> {
    const tokens: string[] = [];
    for (let current = urn; current !== ""; current = this.#parents.get(current) ?? "")
      tokens.push(...(this.#transforms.get(current) ?? []));
    let resource: Transformable = registration;
    for (const token of [...tokens, ...this.stackTransforms])
      resource = await this.#args.transform(token, resource);
    return resource;
  }

  #providerInputs(reference: string | undefined): Record<string, Json> {
    const urn = (reference ?? "").split("::").slice(0, -1).join("::");
    return plainMap(this.known(urn).state);
  }

  #defaultTagsOf(provider: string | undefined): Record<string, Json> {
    if (provider === undefined) return this.#args.defaultTags;
    return readTags(this.#providerInputs(provider)["defaultTags"]);
  }
}

/** Tags of `defaultTags`, which providers take as JSON text. */
export function readTags(value: Json | undefined): Record<string, Json> {
  const parsed: unknown = typeof value === "string" ? JSON.parse(value) : value;
  const tags = isMap(parsed) ? parsed["tags"] : undefined;
  return isMap(tags) ? (tags as Record<string, Json>) : {};
}

export function label({ type, name }: { type: string; name: string }): string {
  return `${type} ${name}`;
}
