import { ToolError } from "../lib/command-line.ts";
import type { Json, Plan, PlannedResource } from "./types.ts";

/** A plan that cannot be run on this machine; the message is one sentence for the user. */
export class LocalRunError extends ToolError {
  override readonly name = "LocalRunError";
}

export type Values = Readonly<Record<string, Json>>;

export function ofType(plan: Plan, type: string): PlannedResource[] {
  return plan.resources.filter((resource) => resource.type === type);
}

/** The resource of `type` whose output `arn` is `arn`. */
export function byArn(
  plan: Plan,
  type: string,
  arn: Json | undefined,
): PlannedResource | undefined {
  if (typeof arn !== "string") return undefined;
  return ofType(plan, type).find((resource) => resource.outputs["arn"] === arn);
}

export function record(value: Json | undefined): Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}

export function list(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: Json | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Numbers may be written as strings, as the task definition's `cpu` is. */
export function number(value: Json | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function texts(value: Json | undefined): string[] {
  return list(value).filter((item) => typeof item === "string");
}

/** `[{name, value}]`, as ECS writes variables, into a record. */
export function pairs(value: Json | undefined): Record<string, string> {
  const result: Record<string, string> = {};
  for (const item of list(value)) {
    const name = text(record(item)["name"]);
    const content = record(item)["value"];
    if (name !== undefined) result[name] = scalar(content);
  }
  return result;
}

/** A number, a word or a yes as the text that a command line or an environment would carry. */
export function scalar(value: Json | undefined): string {
  if (typeof value === "string") return value;
  return value === undefined || value === null ? "" : JSON.stringify(value);
}
