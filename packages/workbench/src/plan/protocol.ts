/** The part of Pulumi's resource monitor protocol that a plan answers, by the names of the generated messages. */
import type resproto from "@pulumi/pulumi/proto/resource_pb.js";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";
import type { WireMap } from "./wire.ts";

export type RegisterRequest = resproto.RegisterResourceRequest;
export type ReadRequest = resproto.ReadResourceRequest;
export type InvokeRequest = resproto.ResourceInvokeRequest;
export type CallRequest = resproto.ResourceCallRequest;
export type OutputsRequest = resproto.RegisterResourceOutputsRequest;

export type Reply = (error: Error | null, response?: object) => void;

/** What the SDK calls; it never asks whether a gRPC client stands behind it. */
export interface Monitor {
  registerResource(request: RegisterRequest, reply: Reply): void;
  registerResourceOutputs(request: OutputsRequest, reply: Reply): void;
  readResource(request: ReadRequest, reply: Reply): void;
  invoke(request: InvokeRequest, reply: Reply): void;
  call(request: CallRequest, reply: Reply): void;
  registerStackTransform(request: { getToken(): string }, reply: Reply): void;
  registerStackInvokeTransform(request: unknown, reply: Reply): void;
  registerResourceHook(request: unknown, reply: Reply): void;
  registerErrorHook(request: unknown, reply: Reply): void;
}

/** A message whose only content is a map of properties. */
export function struct(properties: WireMap): { toJavaScript(): WireMap } {
  return { toJavaScript: () => properties };
}

/** The same as a generated message, for the one place where the SDK reads it field by field. */
export function message(properties: WireMap): object {
  return structProto.Struct.fromJavaScript(properties);
}

/** The SDK's state of one evaluation, which lies in an async context of its own. */
export interface Store {
  settings: { engine?: Engine };
  callbacks?: object;
}

/** What the SDK calls of the engine beside its monitor. */
export interface Engine {
  log(request: LogRequest, done: () => void): void;
  setRootResource(request: unknown, reply: Reply): void;
}

export interface LogRequest {
  getSeverity(): number;
  getMessage(): string;
}

/** Severities of engine.proto. */
export const SEVERITY = { warning: 2, error: 3 } as const;

/** An Output's own state, which its type hides. */
export interface OutputState {
  isKnown: Promise<boolean>;
  promise(): Promise<unknown>;
}

export type Program = (options: { offline: true }) => unknown;
