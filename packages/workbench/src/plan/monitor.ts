import { label, STACK, type Known, type Ledger } from "./ledger.ts";
import type { Call } from "./mocks/calls.ts";
import {
  message,
  struct,
  type CallRequest,
  type InvokeRequest,
  type Monitor,
  type OutputsRequest,
  type ReadRequest,
  type RegisterRequest,
  type Reply,
} from "./protocol.ts";
import { plannedOptions } from "./options.ts";
import { sourcePosition } from "./source-position.ts";
import type { Json, PlannedInvoke, PlannedOptions } from "./types.ts";
import { maskedMap, plainMap, type WireMap } from "./wire.ts";

/** Stands in for the engine: takes what the program registers, answers with outputs that a cloud would compute. */
export class PlanMonitor implements Monitor {
  readonly invokes: PlannedInvoke[] = [];
  stackOutputs: Record<string, Json> = {};

  readonly #ledger: Ledger;
  readonly #calls: (token: string) => Call | undefined;
  readonly #root: string | undefined;
  readonly #read = new Map<string, Known>();

  /**
   * @param calls what answers a function, by its token
   * @param root of the project, where its files run as they are written: their lines are then in the plan
   */
  constructor(ledger: Ledger, calls: (token: string) => Call | undefined, root?: string) {
    this.#ledger = ledger;
    this.#calls = calls;
    this.#root = root;
  }

  registerResource(request: RegisterRequest, reply: Reply): void {
    void respond(reply, () => this.#register(request));
  }

  registerResourceOutputs(request: OutputsRequest, reply: Reply): void {
    const outputs = request.getOutputs()?.toJavaScript() ?? {};
    const resource = this.#ledger.resources.find(({ urn }) => urn === request.getUrn());
    if (resource !== undefined) {
      const where = resource.type === STACK ? "stack output" : `${label(resource)}: output`;
      for (const [key, value] of Object.entries(outputs))
        this.#ledger.check(value, `${where} ${key}`);
      resource.outputs = maskedMap(outputs);
      if (resource.type === STACK) this.stackOutputs = resource.outputs;
    }
    reply(null, {});
  }

  /** A resource that exists already: no part of what the stack creates, but its id is looked up. */
  readResource(request: ReadRequest, reply: Reply): void {
    const [type, name, parent] = [request.getType(), request.getName(), request.getParent()];
    const inputs = request.getProperties()?.toJavaScript() ?? {};
    const id = request.getId();
    const urn = this.#ledger.urn(parent, type, name);
    this.invokes.push({ token: type, args: { ...maskedMap(inputs), id } });
    const { state } = this.#ledger.compute({
      type,
      name,
      parent,
      inputs,
      custom: true,
      options: request.getProvider() === "" ? {} : { provider: request.getProvider() },
      dependencies: [],
    });
    this.#read.set(urn, { id, state });
    reply(null, {
      getUrn: () => urn,
      getId: () => id,
      getProperties: () => struct(state),
      ...DONE,
    });
  }

  invoke(request: InvokeRequest, reply: Reply): void {
    const token = request.getTok();
    const args = request.getArgs()?.toJavaScript() ?? {};
    void respond(reply, () => {
      if (token === "pulumi:pulumi:getResource")
        return invokeReply(this.#getResource(args), message);
      return invokeReply(this.#respond(token, args, request.getProvider()));
    });
  }

  /** A method of a resource, which its provider would run. */
  call(request: CallRequest, reply: Reply): void {
    const args = request.getArgs()?.toJavaScript() ?? {};
    void respond(reply, () => ({
      ...invokeReply(this.#respond(request.getTok(), args, request.getProvider())),
      getReturndependenciesMap: () => new Map(),
    }));
  }

  #respond(token: string, args: WireMap, provider: string): WireMap {
    this.invokes.push({ token, args: maskedMap(args) });
    const call = this.#calls(token);
    if (call === undefined) {
      const details = `the plan has no answer for the function ${token}: add one to packages/workbench/src/plan/mocks/calls.ts`;
      this.#ledger.problems.push(details);
      throw Object.assign(new Error(details), { details });
    }
    return call(plainMap(args), this.#ledger.accountOf(provider));
  }

  registerStackTransform(request: { getToken(): string }, reply: Reply): void {
    this.#ledger.stackTransforms.push(request.getToken());
    reply(null, {});
  }

  registerStackInvokeTransform(_: unknown, reply: Reply): void {
    this.#ledger.problems.push(
      "the plan does not apply transforms of functions (registerInvokeTransform)",
    );
    reply(null, {});
  }

  // Hooks run on changes alone; a plan changes nothing.
  registerResourceHook(_: unknown, reply: Reply): void {
    reply(null, {});
  }

  registerErrorHook(_: unknown, reply: Reply): void {
    reply(null, {});
  }

  async #register(request: RegisterRequest): Promise<object> {
    const resource = await this.#ledger.add({
      type: request.getType(),
      name: request.getName(),
      custom: request.getCustom(),
      parent: request.getParent(),
      inputs: request.getObject()?.toJavaScript() ?? {},
      options: requestOptions(request),
      dependencies: request.getDependenciesList(),
      propertyDependencies: Object.fromEntries(
        [...request.getPropertydependenciesMap().entries()].map(([key, urns]) => [
          key,
          urns.getUrnsList(),
        ]),
      ),
      transforms: request.getTransformsList().map((callback) => callback.getToken()),
      providers: new Map(request.getProvidersMap().entries()),
    });
    const source =
      resource.custom && this.#root !== undefined ? sourcePosition(request, this.#root) : undefined;
    if (source !== undefined) resource.source = source;
    const { id, state } = this.#ledger.known(resource.urn);
    const expanded = request.getRemote() ? await this.#ledger.expand(resource) : undefined;
    const dependencies = Object.entries(expanded?.dependencies ?? {});
    return {
      getUrn: () => resource.urn,
      getId: () => id,
      getObject: () => struct(expanded?.outputs ?? state),
      getPropertydependenciesMap: () =>
        new Map(dependencies.map(([key, urns]) => [key, { getUrnsList: () => urns }])),
      ...DONE,
    };
  }

  #getResource({ urn = "" }: WireMap): WireMap {
    const text = typeof urn === "string" ? urn : "";
    const { id, state } = this.#read.get(text) ?? this.#ledger.known(text);
    return { urn, id, state };
  }
}

/** What the SDK asks of every registration, and since 3.276 of every read: it succeeded, and is no unknown of a skipped one. */
const DONE = { getResult: () => 0, getUnknown: () => false };

async function respond(reply: Reply, make: () => object | Promise<object>): Promise<void> {
  try {
    reply(null, await make());
  } catch (error) {
    reply(error instanceof Error ? error : new Error(String(error)));
  }
}

function invokeReply(result: WireMap, encode: (result: WireMap) => object = struct): object {
  return { getFailuresList: () => [], getReturn: () => encode(result), getUnknown: () => false };
}

function requestOptions(request: RegisterRequest): PlannedOptions {
  return plannedOptions({
    protect: request.getProtect(),
    retainOnDelete: request.getRetainondelete(),
    deleteBeforeReplace: request.getDeletebeforereplacedefined()
      ? request.getDeletebeforereplace()
      : undefined,
    ignoreChanges: request.getIgnorechangesList(),
    replaceOnChanges: request.getReplaceonchangesList(),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    aliases: request.getAliasesList(),
    deletedWith: request.getDeletedwith(),
    provider: request.getProvider(),
    customTimeouts: request.getCustomtimeouts(),
    parent: request.getParent(),
  });
}
