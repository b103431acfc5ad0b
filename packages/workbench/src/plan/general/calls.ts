import { CALLS, type Call } from "../mocks/calls.ts";
import type { Grade } from "../types.ts";
import { declared, type WorkbenchConfig } from "./config.ts";
import type { Metadata } from "./metadata.ts";
import { inventAnswer } from "./stand-ins.ts";

/** What answers the functions that a program calls, and how sure each answer is. */
export class Calls {
  /** By function token, of those that were called. */
  readonly grades = new Map<string, Grade>();

  readonly #config: WorkbenchConfig;
  readonly #metadata: Metadata;

  constructor(config: WorkbenchConfig, metadata: Metadata) {
    this.#config = config;
    this.#metadata = metadata;
  }

  /** Tokens of those whose answer is invented. */
  invented(): string[] {
    return [...this.grades].filter(([, grade]) => grade === "invented").map(([token]) => token);
  }

  /** Undefined for what nobody declared and no table lists, where the project is strict. */
  answer(token: string): Call | undefined {
    const { calls, strict = false } = this.#config;
    if (calls?.[token] !== undefined) {
      this.grades.set(token, "declared");
      return (inputs, account) => ({ ...declared(calls, { token, name: "", inputs, ...account }) });
    }
    const listed = CALLS[token];
    this.grades.set(token, listed === undefined ? "invented" : "table");
    if (strict) return listed;
    // A table answers what one program asks; the fields that others read are invented.
    return (inputs, account) => ({
      ...inventAnswer(token, inputs, account, this.#metadata),
      ...listed?.(inputs, account),
    });
  }
}
