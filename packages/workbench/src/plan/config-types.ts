/** The types that Pulumi.yaml may declare for a key, and the check that the Pulumi CLI makes of them. */

import { isMap } from "./wire.ts";

export interface ItemsType {
  type: string;
  items: ItemsType | undefined;
}

/** One key under `config:` of Pulumi.yaml. */
export interface Declaration {
  /** Absent where only a value or default is given. */
  type: string | undefined;
  items: ItemsType | undefined;
  description: string;
  default: unknown;
  /** For keys of other namespaces, such as `aws:region`. */
  value: unknown;
  secret: boolean;
}

/** `array<string>` for an array of strings. */
export function typeName(type: string, items: ItemsType | undefined): string {
  return items === undefined ? type : `array<${typeName(items.type, items.items)}>`;
}

/** Whether the CLI takes `value` for a key of this type (pulumi/pulumi, workspace.ValidateConfigValue). */
export function fits(type: string, items: ItemsType | undefined, value: unknown): boolean {
  switch (type) {
    case "string":
      return typeof value === "string";
    case "integer":
      return Number.isInteger(value) || (typeof value === "string" && /^[+-]?\d+$/.test(value));
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false";
    case "object":
      return isMap(value);
    default:
      return (
        Array.isArray(value) &&
        items !== undefined &&
        value.every((item) => fits(items.type, items.items, item))
      );
  }
}

/** The text that a program reads: scalars as they are, lists and maps as JSON. */
export function configText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : JSON.stringify(value);
}

/** The value that a text stands for, by the declared type; the text itself where none is declared. */
export function typedValue(type: string | undefined, text: string): unknown {
  switch (type) {
    case "integer":
      return Number(text);
    case "boolean":
      return text === "true";
    case "array":
    case "object":
      return JSON.parse(text) as unknown;
    case undefined:
    default:
      return text;
  }
}

export function readDeclaration(value: unknown, ownNamespace: boolean): Declaration {
  // A bare value is a short form: the default of an own key, the value of a foreign one.
  if (!isMap(value))
    return {
      type: undefined,
      items: undefined,
      description: "",
      default: ownNamespace ? value : undefined,
      value: ownNamespace ? undefined : value,
      secret: false,
    };
  return {
    type: typeof value["type"] === "string" ? value["type"] : undefined,
    items: readItems(value["items"]),
    description: typeof value["description"] === "string" ? value["description"] : "",
    default: value["default"] ?? undefined,
    value: value["value"] ?? undefined,
    secret: value["secret"] === true,
  };
}

function readItems(value: unknown): ItemsType | undefined {
  if (!isMap(value)) return undefined;
  return { type: String(value["type"]), items: readItems(value["items"]) };
}
