/** Parsers of one configuration value: from the text that Pulumi hands over to a plain, checked value. */
import { isMap } from "@koa-fargate/workbench/project";

/** Why a value is refused, as the end of a sentence that starts with the key: `is 99, but ...`. */
export class Refusal {
  readonly reason: string;
  constructor(reason: string) {
    this.reason = reason;
  }
}

/** One kind of value: how to parse it and how to describe what it allows. */
export interface Kind<T> {
  /** What is allowed, for the reference: `256 to 16384`, `none, single or one-per-az`. Empty when anything goes. */
  readonly allows: string;
  /** The type that Pulumi.yaml has to declare for it. */
  readonly type: "string" | "integer" | "boolean" | "array" | "object";
  /** Parses the text of a value; `undefined` means that neither default nor stack file set it. */
  parse(text: string | undefined): T | Refusal;
}

/** A key: a kind of value, with its default and what it means. */
export interface Key<T> extends Kind<T> {
  readonly default: unknown;
  /** A sentence, for Pulumi.yaml and the reference. */
  readonly description: string;
}

export const key = <T>(kind: Kind<T>, fallback: NoInfer<T>, description: string): Key<T> => ({
  ...kind,
  default: fallback,
  description,
});

/** `a`, `a or b`, `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

const quote = (text: string): string => (text === "" ? "empty" : JSON.stringify(text));

export function integer(min: number, max: number): Kind<number> {
  const allows = `${min} to ${max}`;
  return {
    allows,
    type: "integer",
    parse(text) {
      const value = Number(text);
      if (text === undefined || text.trim() === "" || !Number.isInteger(value))
        return new Refusal(`is ${quote(text ?? "")}, but it has to be a whole number, ${allows}.`);
      if (value < min || value > max)
        return new Refusal(`is ${value}, but it has to be ${allows}.`);
      return value;
    },
  };
}

export function boolean(): Kind<boolean> {
  return {
    allows: "true or false",
    type: "boolean",
    parse(text) {
      if (text === "true") return true;
      if (text === "false") return false;
      return new Refusal(`is ${quote(text ?? "")}, but it has to be true or false.`);
    },
  };
}

export function choice<const T extends string>(...words: readonly T[]): Kind<T> {
  return {
    allows: oneOf(words),
    type: "string",
    parse(text) {
      return (
        words.find((word) => word === text) ??
        new Refusal(`is ${quote(text ?? "")}, but it has to be ${oneOf(words)}.`)
      );
    },
  };
}

/** A placeholder of the template: `<what to put here>`. Every kind of text accepts one; config.ts decides what it means. */
export const isPlaceholder = (value: string): boolean => /^<[^<>]+>$/.test(value);

/**
 * Text that matches a pattern.
 * @param allows - what the pattern means, in words
 * @param empty - whether the empty text, "not set", is allowed too
 */
export function text(allows: string, pattern: RegExp, empty = false): Kind<string> {
  return {
    allows: empty ? `empty, or ${allows}` : allows,
    type: "string",
    parse(value = "") {
      if (isPlaceholder(value) || (empty && value === "") || pattern.test(value)) return value;
      return new Refusal(
        `is ${quote(value)}, but it has to be ${empty ? "empty or " : ""}${allows}.`,
      );
    },
  };
}

/** What a value's JSON says; undefined for what is none. */
export function json(value: string | undefined): unknown {
  try {
    return JSON.parse(value ?? "null");
  } catch {
    return undefined;
  }
}

/** A list of texts that each match a pattern. */
export function list(allows: string, pattern: RegExp, { repeats = false } = {}): Kind<string[]> {
  return {
    allows: `a list of ${allows}`,
    type: "array",
    parse(value) {
      const items = json(value);
      if (!Array.isArray(items))
        return new Refusal(`is ${quote(value ?? "")}, but it has to be a list.`);
      const wrong: unknown = items.find(
        (item) => typeof item !== "string" || !(isPlaceholder(item) || pattern.test(item)),
      );
      if (wrong !== undefined)
        return new Refusal(`holds ${JSON.stringify(wrong)}, but it has to be a list of ${allows}.`);
      const texts = items as string[];
      const twice = repeats
        ? undefined
        : texts.find((item, index) => texts.indexOf(item) !== index);
      return twice === undefined
        ? texts
        : new Refusal(`holds ${JSON.stringify(twice)} twice. Remove one.`);
    },
  };
}

/**
 * Names with a text each, such as environment variables.
 * @param words - what a name consists of, and what a text is
 */
export function map(
  words: { name: string; text: string },
  name: RegExp,
  value: RegExp,
): Kind<Readonly<Record<string, string>>> {
  return {
    allows: `names of ${words.name} with ${words.text} each`,
    type: "object",
    parse(source) {
      const object = json(source);
      if (!isMap(object)) return new Refusal("is not a map of names to texts.");
      for (const [key, entry] of Object.entries(object)) {
        if (!name.test(key))
          return new Refusal(`has the name ${quote(key)}, but a name consists of ${words.name}.`);
        if (typeof entry !== "string")
          return new Refusal(`sets ${key} to a value that is no text: put it in quotes.`);
        // What stands here in error may be a password, so it is not repeated.
        if (!isPlaceholder(entry) && !value.test(entry))
          return new Refusal(`sets ${key} to a value that is not ${words.text}.`);
      }
      return object as Record<string, string>;
    },
  };
}
