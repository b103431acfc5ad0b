import * as pulumi from "@pulumi/pulumi";
import type { OutputState } from "./protocol.ts";
import { isMap, joinPath } from "./wire.ts";

/**
 * Paths of the Outputs in a resource's arguments that turned out undefined, and of undefined list items: the SDK leaves
 * the former out without a word and sends the latter as null. Plain undefined is an option that the program left alone.
 */
export async function undefinedOutputs(value: unknown, path = ""): Promise<string[]> {
  if (pulumi.Output.isInstance(value)) {
    const output = value as unknown as OutputState;
    try {
      if (!(await output.isKnown)) return [];
      const inner = await output.promise();
      return inner === undefined ? [path] : await undefinedOutputs(inner, path);
    } catch {
      // Whoever made the Output reports why it failed.
      return [];
    }
  }
  if (Array.isArray(value)) {
    const found = value.map(async (item: unknown, index) =>
      item === undefined
        ? [joinPath(path, index)]
        : await undefinedOutputs(item, joinPath(path, index)),
    );
    return (await Promise.all(found)).flat();
  }
  if (!isPlainMap(value)) return [];
  const found = Object.entries(value).map(([key, item]) =>
    undefinedOutputs(item, joinPath(path, key)),
  );
  return (await Promise.all(found)).flat();
}

function isPlainMap(value: unknown): value is Record<string, unknown> {
  if (!isMap(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
