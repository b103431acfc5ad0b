import { scalar } from "../plan-reader.ts";
import type { Json } from "../types.ts";
import type { Computed, MockResource } from "./resource.ts";

/** Outputs beside identity and ARN, as templates; or values that take more than a template to make. */
export type More = Readonly<Record<string, Json>> | ((r: MockResource) => Record<string, Json>);

/**
 * Outputs of a resource by templates. In braces stands an output or input (`{role}`), an input with a default
 * (`{path|/}`), the physical name, which is an output too, with its longest length in characters (`{name<64}`,
 * `{family<}`), or what a cloud makes up: `{hex16}`, `{HEX17}`, `{digits10}`, `{uuid}`, `{ec2:vpc}`, `{zone}`,
 * `{account}`, `{region}`, where a text behind a colon tells one from another of the same resource (`{hex6:suffix}`).
 * @param id identity
 * @param arn from the service on, such as `ecs:cluster/{name<}`. @default no output of that name
 * @param more a template that begins with `@` is an ARN, too
 */
export function row(id: string, arn = "", more: More = {}): Computed {
  return (r) => {
    const [fixed, templates] = typeof more === "function" ? [more(r), {}] : [{}, more];
    const own: Readonly<Record<string, Json>> = {
      id,
      ...(arn === "" ? {} : { arn: `@${arn}` }),
      ...templates,
    };
    const outputs: Record<string, Json> = {};
    const filled = (key: string): Json => (outputs[key] ??= fill(own[key] ?? ""));
    const fill = (template: Json): Json => {
      if (typeof template !== "string") return template;
      const text = template.replace(/\{(\w+)([<|:]?)([^{}]*)\}/g, (_, word, mark, argument) =>
        value(word as string, mark as string, argument as string),
      );
      return text.startsWith("@") ? r.arn(text.slice(1)) : text;
    };
    const value = (word: string, mark: string, argument: string): string => {
      if (mark === "<")
        return scalar((outputs[word] ??= r.physicalName(word, Number(argument || Infinity))));
      if (mark === "|") return r.text(word) || argument;
      return madeUp(r, word, argument) ?? (word in own ? scalar(filled(word)) : r.text(word));
    };
    for (const key of Object.keys(own)) filled(key);
    return { ...outputs, ...fixed, id: scalar(outputs["id"]) };
  };
}

/** Undefined for a word that stands for an output or input. */
function madeUp(r: MockResource, word: string, argument: string): string | undefined {
  const [, kind, length] = /^(hex|HEX|digits)(\d+)$/.exec(word) ?? [word, word];
  switch (kind) {
    case "hex":
      return r.hex(Number(length), argument);
    case "HEX":
      return r.hex(Number(length), argument).toUpperCase();
    case "digits":
      return r.digits(Number(length), argument);
    case "uuid":
      return r.uuid(argument);
    case "ec2": {
      const [prefix = "", salt] = argument.split(":");
      return r.ec2Id(prefix, salt);
    }
    case "zone":
      return r.zoneId(argument);
    case "account":
      return r.accountId;
    case "region":
      return r.region;
    default:
      return undefined;
  }
}
