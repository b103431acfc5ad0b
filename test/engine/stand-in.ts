/**
 * A provider plugin that stands in for aws, docker or awsx under the real Pulumi engine: `node stand-in.ts <package>`.
 * It answers with the outputs of the offline plan, keeps no cloud, and prints its port, as a plugin does.
 * What it cannot show: schema checks, replaces that the table of the offline plan does not know, and AWS itself.
 */
import { setTimeout as sleep } from "node:timers/promises";
import * as grpc from "@grpc/grpc-js";
import * as pulumi from "@pulumi/pulumi";
import type provider_pb from "@pulumi/pulumi/proto/provider_pb.js";
import type { CheckResult, ConstructResult, Provider } from "@pulumi/pulumi/provider/index.js";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { isDeepStrictEqual } from "node:util";
import type { Reference } from "@koa-fargate/workbench/plan/awsx/expansion.ts";
import {
  resolveReferences,
  type ExpandedResource,
} from "@koa-fargate/workbench/plan/awsx/expansion.ts";
import { expandVpc } from "@koa-fargate/workbench/plan/awsx/vpc.ts";
import { EmulatedCloud } from "../emulated/cloud.ts";
import { forcesNew, withKept } from "@koa-fargate/workbench/plan/provider/facts.ts";
import { unknownPlainInputs } from "@koa-fargate/workbench/plan/mocks/plain-inputs.ts";
import { CALLS } from "@koa-fargate/workbench/plan/mocks/calls.ts";
import { computeOutputs } from "@koa-fargate/workbench/plan/mocks/table.ts";
import type { Json } from "@koa-fargate/workbench/plan/types.ts";
import type { OutputState } from "@koa-fargate/workbench/plan/protocol.ts";
import { UNKNOWN, type WireMap } from "@koa-fargate/workbench/plan/wire.ts";
import { awsApi } from "./aws-api.ts";
import { observed, remember, type Known } from "./memory.ts";
import { World } from "./world.ts";

const { EMULATED_AWS: endpoint, EMULATED_BASE: baseImage = "" } = process.env;

/** Accounts of the emulator are called like this one. */
const ACCOUNT = {
  region: "eu-west-1",
  accountId: endpoint === undefined ? "123456789012" : "000000000000",
};

/** Where the emulator is asked, which knows some of the types. */
const emulated =
  endpoint === undefined
    ? undefined
    : new EmulatedCloud({ endpoint, region: ACCOUNT.region, baseImage });

/** How the engine marks a secret inside a value. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";

type Properties = Record<string, unknown>;

function plain(value: unknown): Json {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value as Json;
  const map = value as Properties;
  if (SIGNATURE in map) return plain(map["value"]);
  return Object.fromEntries(Object.entries(map).map(([key, inner]) => [key, plain(inner)]));
}

const plainMap = (properties: Properties): Record<string, Json> =>
  plain(properties) as Record<string, Json>;

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** `aws:ecs/service:Service` of `urn:pulumi:dev::koa-fargate::...$aws:ecs/service:Service::api`. */
const typeOf = (urn: string): string => urn.split("::").at(-2)?.split("$").at(-1) ?? "";

/** The key by which a provider tells the inputs that it made from those of the program. */
const DEFAULTS = "__defaults";

/** What the engine proposes as names, by URN. */
const proposals = new Map<string, string>();

/** Which inputs a resource's last comparison found changed, by URN. */
const changes = new Map<string, string[]>();

/**
 * The SDK's server drops what the engine proposes, and which inputs changed, by which `replaceOnChanges` goes: here it takes the one
 * and tells the other, as the plugins of AWS do.
 */
function takeProposals(): void {
  const { prototype } = grpc.Server;
  const addService = Reflect.get(prototype, "addService");
  prototype.addService = function (service, implementation) {
    const { check, configure, diff } = implementation as unknown as Record<
      "check" | "configure" | "diff",
      Method
    >;
    const taking = Object.assign(implementation, {
      check: (call: { request: provider_pb.CheckRequest }, reply: Reply) => {
        const { request } = call;
        const name = request.getAutonaming()?.getProposedName();
        if (name === undefined) proposals.delete(request.getUrn());
        else proposals.set(request.getUrn(), name);
        check.call(implementation, call, reply);
      },
      diff: (call: { request: provider_pb.DiffRequest }, reply: Reply) => {
        diff.call(implementation, call, (error, response) => {
          const found = changes.get(call.request.getUrn()) ?? [];
          (response as provider_pb.DiffResponse | undefined)?.setDiffsList(found);
          reply(error, response);
        });
      },
      configure: (call: { request: provider_pb.ConfigureRequest }, reply: Reply) => {
        // Of the stack that comes; stacks come one after the other.
        const region: unknown = call.request.getVariablesMap().get("aws:config:region");
        if (typeof region === "string") ACCOUNT.region = region;
        configure.call(implementation, call, (error, response) => {
          (response as provider_pb.ConfigureResponse).setSupportsAutonamingConfiguration(true);
          reply(error, response);
        });
      },
    });
    addService.call(this, service, taking);
  };
}

type Reply = (error: unknown, response: unknown) => void;
type Method = (this: unknown, call: unknown, reply: Reply) => void;

/**
 * Inputs with the name that the provider gives where the program gives none: the one that the resource has, else the one
 * proposed. Source: pulumi-terraform-bridge, pkg/tfbridge/schema.go, `__defaults`.
 */
function withName(urn: string, olds: Properties, news: Properties): Properties {
  const probed = outputsOf(urn, news, "probe").outs;
  const key = Object.keys(probed).find((name) => /^(alias\/)?probe$/.test(String(probed[name])));
  if (key === undefined) return news;
  // What the engine makes up differs each time; without a cloud of its own a name may as well be the plan's.
  const digits = emulated === undefined ? "${hex(7)}" : "$&";
  // Where the engine proposes none, the provider makes its own.
  const proposed = proposals.get(urn)?.replace(/(?<=-)[0-9a-f]{7}$/, digits);
  const own = outputsOf(urn, news, proposed).outs[key];
  const had = (plain(olds[DEFAULTS]) as string[] | undefined)?.includes(key) === true;
  return { ...news, [key]: had ? olds[key] : own, [DEFAULTS]: [key] };
}

/** Outputs of the resource as the offline plan invents them, over the inputs as they came: secrets stay marked. */
function outputsOf(
  urn: string,
  inputs: Properties,
  proposed?: string,
): { id: string; outs: Properties } {
  const name = nameOf(urn);
  const type = typeOf(urn);
  const mock = computeOutputs(type, {
    urn,
    name,
    inputs: plain(inputs) as Record<string, Json>,
    ...ACCOUNT,
    ...(proposed === undefined ? {} : { proposed }),
  });
  if (mock === undefined) throw new Error(`${urn}: no stand-in for ${type}`);
  return { id: mock.id, outs: { ...inputs, ...mock.outputs } };
}

/** @throws where the plugin or component that this one stands for would end in a panic or error of its own */
function refuseUnknowns(type: string, inputs: Properties): void {
  const [refusal] = unknownPlainInputs(type, inputs as WireMap);
  if (refusal !== undefined) throw new Error(`${type}: ${refusal}`);
}

const INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const TABLE = "aws:dynamodb/table:Table";
const NAT_GATEWAY = "aws:ec2/natGateway:NatGateway";
/** Longer than whatever is made beside it takes. */
const ATTACHING_MILLISECONDS = 1500;

/** Resources of aws and docker: what they are told, they have; a changed input is an update, or a replace by the table. */
class Cloud implements Provider {
  readonly version = "0.0.0";
  private readonly world: World;
  /** Inputs that each resource has, by URN: a refresh returns them too, changed as its outputs are. */
  private readonly inputs = new Map<string, Properties>();
  /** Internet gateways that are made and not attached yet. */
  private readonly attaching = new Set<string>();

  constructor(world: World) {
    this.world = world;
  }

  check(urn: string, olds: Properties, news: Properties): Promise<CheckResult> {
    refuseUnknowns(typeOf(urn), news);
    if (typeOf(urn) === INTERNET_GATEWAY && Object.keys(olds).length === 0) this.attaching.add(urn);
    return Promise.resolve({ inputs: withName(urn, olds, news) });
  }

  diff(
    _id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<pulumi.provider.DiffResult> {
    // The plugin of docker compares neither user nor password of the registry: tokens last hours.
    const compared = (properties: Properties): Properties =>
      urn.includes("docker:index/image:Image")
        ? Object.fromEntries(Object.entries(properties).filter(([key]) => key !== "registry"))
        : properties;
    const before = compared(olds);
    const after = compared(news);
    // `olds` are the outputs: the inputs are among them under the same names.
    const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
    // Of a table, inputs that are left out are changes too: so its replicas go. Of others that is not shown.
    const had = type === TABLE ? Object.keys(this.inputs.get(urn) ?? {}) : [];
    const changed = [...new Set([...Object.keys(after), ...had])].filter(
      (key) => !isDeepStrictEqual(plain(before[key]), plain(after[key])),
    );
    changes.set(urn, changed);
    return Promise.resolve({
      changes: changed.length > 0,
      replaces: changed.filter((key) => forcesNew(type, key)),
    });
  }

  async create(urn: string, inputs: Properties): Promise<pulumi.provider.CreateResult> {
    // Source: AWS, EC2 API Reference, error codes, Gateway.NotAttached.
    if (typeOf(urn) === NAT_GATEWAY && this.attaching.size > 0)
      throw new Error(
        "creating EC2 NAT Gateway: Gateway.NotAttached: the VPC has no Internet gateway attached",
      );
    if (this.attaching.has(urn)) {
      await sleep(ATTACHING_MILLISECONDS);
      this.attaching.delete(urn);
    }
    const made = this.made(urn, inputs);
    const created = { ...made, id: this.world.standing.idOf(typeOf(urn), made.id) };
    this.world.standing.write(typeOf(urn), created.id, plainMap(created.outs), true);
    const real = await emulated?.create(typeOf(urn), nameOf(urn), plainMap(inputs));
    if (real !== undefined) return { id: real.id, outs: { ...created.outs, ...real.outputs } };
    remember(this.world, typeOf(urn), plain({ ...created.outs, id: created.id }) as Known);
    this.world.observe(`create ${nameOf(urn)}`);
    return created;
  }

  async update(
    id: string,
    urn: string,
    olds: Properties,
    news: Properties,
  ): Promise<pulumi.provider.UpdateResult> {
    const { outs } = this.made(urn, withKept(typeOf(urn), olds, news));
    this.world.standing.write(typeOf(urn), id, plainMap(outs), false);
    const known = { id, inputs: plainMap(olds), outputs: plainMap(olds) };
    const real = await emulated?.update(typeOf(urn), nameOf(urn), known, plainMap(news));
    if (real !== undefined) return { outs: { ...olds, ...outs, ...real.outputs, ...news } };
    remember(this.world, typeOf(urn), plain({ ...outs, id }) as Known);
    this.world.observe(`update ${nameOf(urn)}`);
    return { outs };
  }

  /** What a refresh sees: the weights that ECS moved, the capacity that the schedule set. */
  read(id: string, urn: string, props: Properties = {}): Promise<pulumi.provider.ReadResult> {
    const seen = observed(this.world, typeOf(urn), props);
    return Promise.resolve({
      id,
      props: { ...props, ...seen },
      inputs: { ...this.inputs.get(urn), ...seen },
    });
  }

  /** Each registration of a task definition is a revision of its own. */
  private made(urn: string, inputs: Properties): { id: string; outs: Properties } {
    this.inputs.set(urn, inputs);
    const made = outputsOf(urn, inputs);
    if (typeOf(urn) !== "aws:ecs/taskDefinition:TaskDefinition") return made;
    const revision = this.world.nextRevision();
    const arn = `${String(made.outs["arnWithoutRevision"])}:${revision}`;
    return { id: made.id, outs: { ...made.outs, arn, revision } };
  }

  async delete(id: string, urn: string, props: Properties): Promise<void> {
    const known = plainMap(props);
    this.world.standing.delete(typeOf(urn), id);
    await emulated?.delete(typeOf(urn), { id, inputs: known, outputs: known });
    this.world.rules.delete(id);
    this.world.listeners.delete(id);
    this.world.open.delete(id);
    this.world.observe(`delete ${nameOf(urn)}`);
  }

  async invoke(token: string, inputs: Properties): Promise<pulumi.provider.InvokeResult> {
    if (emulated !== undefined && token === "aws:ecr/getImages:getImages")
      return {
        outputs: {
          ...inputs,
          imageIds: await emulated.images(inputs["repositoryName"] as string),
        },
      };
    const call = CALLS[token];
    if (call === undefined) throw new Error(`${token}: no stand-in for this function`);
    return { outputs: call(plainMap(inputs), ACCOUNT) };
  }
}

/** awsx: constructs what the offline plan says that it will. */
class Crosswalk implements Provider {
  readonly version = "0.0.0";

  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<ConstructResult> {
    if (type !== "awsx:ec2:Vpc") throw new Error(`${type}: no stand-in for this component`);
    refuseUnknowns(type, (await withUnknowns(inputs)) as Properties);
    const component = new pulumi.ComponentResource(type, name, inputs, options);
    const zones = ["a", "b", "c"].map((letter) => ACCOUNT.region + letter);
    const expansion = expandVpc(name, inputs, zones);
    const created = new Map<string, pulumi.CustomResource>();
    for (const resource of expansion.resources)
      created.set(resource.key, child(resource, component, created));
    const outputs = resolveReferences(expansion.outputs, (reference) => output(reference, created));
    return { urn: component.urn, state: outputs as pulumi.Inputs };
  }
}

/** Inputs with what is unknown as the protocol writes it. */
async function withUnknowns(value: unknown): Promise<unknown> {
  if (pulumi.Output.isInstance(value)) {
    const output = value as unknown as OutputState;
    return (await output.isKnown) ? withUnknowns(await output.promise()) : UNKNOWN;
  }
  if (Array.isArray(value)) return Promise.all(value.map(withUnknowns));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(async ([key, inner]) => [
    key,
    await withUnknowns(inner),
  ]);
  return Object.fromEntries((await Promise.all(entries)) as [string, unknown][]);
}

function child(
  resource: ExpandedResource,
  component: pulumi.Resource,
  created: ReadonlyMap<string, pulumi.CustomResource>,
): pulumi.CustomResource {
  const find = (key: string): pulumi.CustomResource => {
    const found = created.get(key);
    if (found === undefined) throw new Error(`${resource.key} comes before ${key}`);
    return found;
  };
  const inputs = resolveReferences(resource.inputs, (reference) => output(reference, created));
  return new Remote(resource.type, resource.name, inputs as pulumi.Inputs, {
    parent: resource.parent === undefined ? component : find(resource.parent),
    dependsOn: resource.dependsOn.map(find),
  });
}

/** A resource of another package; the outputs that others refer to have to be named beforehand. */
class Remote extends pulumi.CustomResource {
  constructor(type: string, name: string, inputs: pulumi.Inputs, options: pulumi.ResourceOptions) {
    super(type, name, { allocationId: undefined, ...inputs }, options);
  }
}

function output(
  reference: Reference,
  created: ReadonlyMap<string, pulumi.CustomResource>,
): unknown {
  const resource = created.get(reference.resource);
  if (resource === undefined) throw new Error(`${reference.resource} is not there yet`);
  if (reference.output === undefined) return resource;
  const value = (resource as unknown as Properties)[reference.output];
  if (value === undefined)
    throw new Error(`${reference.resource} has no output ${reference.output}`);
  return value;
}

/** Only aws has an API beside its plugin: its port is the first line, the plugin's the second. */
const world = new World();
if (process.argv[2] === "aws") {
  const api = awsApi(world).listen(0, "127.0.0.1");
  await once(api, "listening");
  console.log(String((api.address() as AddressInfo).port));
}
takeProposals();
const provider = process.argv[2] === "awsx" ? new Crosswalk() : new Cloud(world);
await pulumi.provider.main(provider, process.argv.slice(3));
