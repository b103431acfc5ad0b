/**
 * Resource transforms, which the engine applies: those of the resource, of its parents and of the stack, in this order.
 * Each is called through the SDK's own callback, so that it sees and changes what it would in a deployment.
 */
import aliasProto from "@pulumi/pulumi/proto/alias_pb.js";
import callbackProto from "@pulumi/pulumi/proto/callback_pb.js";
import resproto from "@pulumi/pulumi/proto/resource_pb.js";
import { CallbackServer } from "@pulumi/pulumi/runtime/callbacks.js";
import struct from "google-protobuf/google/protobuf/struct_pb.js";
import { plannedOptions } from "./options.ts";
import type { PlannedOptions } from "./types.ts";
import type { WireMap } from "./wire.ts";

export interface Transformable {
  type: string;
  name: string;
  custom: boolean;
  parent: string;
  inputs: WireMap;
  options: PlannedOptions;
  dependencies: string[];
}

/** What the SDK registers callbacks with, and what calls them. */
export interface Callbacks {
  invoke(
    call: { request: InstanceType<typeof callbackProto.CallbackInvokeRequest> },
    done: (
      error: { details?: string } | null,
      response?: { getResponse_asU8(): Uint8Array },
    ) => void,
  ): Promise<void>;
}

/**
 * The SDK's callback server without its socket: the fields that its constructor sets, so that its methods work as they
 * are. The socket would only be there to call this process itself, and takes a second to come up.
 */
export function inProcessCallbacks(monitor: object): Callbacks {
  return Object.assign(Object.create(CallbackServer.prototype) as Callbacks, {
    _callbacks: new Map(),
    _pendingRegistrations: 0,
    _awaitQueue: [],
    _monitor: monitor,
    _server: { forceShutdown: () => undefined },
    _target: Promise.resolve("in-process"),
  });
}

/** Calls the transform registered under `token` and returns the resource as it leaves it. */
export async function applyTransform(
  callbacks: Callbacks,
  token: string,
  resource: Transformable,
): Promise<Transformable> {
  const request = new callbackProto.CallbackInvokeRequest();
  request.setToken(token);
  request.setRequest(transformRequest(resource).serializeBinary());
  const bytes = await new Promise<Uint8Array>((resolve, reject) => {
    void callbacks.invoke({ request }, (error, response) => {
      if (error !== null || response === undefined)
        reject(
          new Error(
            `A transform of ${resource.type} ${resource.name} failed: ${error?.details ?? ""}`,
          ),
        );
      else resolve(response.getResponse_asU8());
    });
  });
  const response = resproto.TransformResponse.deserializeBinary(bytes);
  const options = response.getOptions();
  return {
    ...resource,
    inputs: response.getProperties()?.toJavaScript() ?? {},
    ...(options && {
      options: readOptions(options, resource),
      dependencies: options.getDependsOnList(),
    }),
  };
}

function transformRequest(resource: Transformable): InstanceType<typeof resproto.TransformRequest> {
  const request = new resproto.TransformRequest();
  request.setType(resource.type);
  request.setName(resource.name);
  request.setCustom(resource.custom);
  request.setParent(resource.parent);
  request.setProperties(struct.Struct.fromJavaScript(resource.inputs));
  request.setOptions(writeOptions(resource));
  return request;
}

type Options = InstanceType<typeof resproto.TransformResourceOptions>;

function writeOptions({ options, dependencies }: Transformable): Options {
  const message = new resproto.TransformResourceOptions();
  message.setDependsOnList(dependencies);
  message.setIgnoreChangesList(options.ignoreChanges ?? []);
  message.setReplaceOnChangesList(options.replaceOnChanges ?? []);
  message.setAdditionalSecretOutputsList(options.additionalSecretOutputs ?? []);
  message.setDeletedWith(options.deletedWith ?? "");
  message.setProvider(options.provider ?? "");
  if (options.protect !== undefined) message.setProtect(options.protect);
  if (options.retainOnDelete !== undefined) message.setRetainOnDelete(options.retainOnDelete);
  if (options.deleteBeforeReplace !== undefined)
    message.setDeleteBeforeReplace(options.deleteBeforeReplace);
  message.setAliasesList(
    (options.aliases ?? []).map((urn) => {
      const alias = new aliasProto.Alias();
      alias.setUrn(urn);
      return alias;
    }),
  );
  const { customTimeouts } = options;
  if (customTimeouts !== undefined) {
    const timeouts = new resproto.RegisterResourceRequest.CustomTimeouts();
    timeouts.setCreate(customTimeouts.create ?? "");
    timeouts.setUpdate(customTimeouts.update ?? "");
    timeouts.setDelete(customTimeouts.delete ?? "");
    message.setCustomTimeouts(timeouts);
  }
  return message;
}

function readOptions(message: Options, resource: Transformable): PlannedOptions {
  const deleteFirst = message.getDeleteBeforeReplace();
  return plannedOptions({
    protect: message.getProtect(),
    retainOnDelete: message.getRetainOnDelete(),
    // The SDK's callback turns "not set" into false on the way.
    deleteBeforeReplace:
      resource.options.deleteBeforeReplace === undefined && !deleteFirst ? undefined : deleteFirst,
    ignoreChanges: message.getIgnoreChangesList(),
    replaceOnChanges: message.getReplaceOnChangesList(),
    additionalSecretOutputs: message.getAdditionalSecretOutputsList(),
    aliases: message.getAliasesList(),
    deletedWith: message.getDeletedWith(),
    provider: message.getProvider(),
    customTimeouts: message.getCustomTimeouts(),
    parent: resource.parent,
  });
}
