import { CALLS, type Call } from "../mocks/calls.ts";
import type { Grade, Json } from "../types.ts";
import { declared, type WorkbenchConfig } from "../../project/workbench-config.ts";
import { leaves } from "./grades.ts";
import type { Metadata } from "./metadata.ts";
import { inventAnswer } from "./stand-ins.ts";

/** What answers the functions that a program calls, and how sure each answer is. */
export class Calls {
  /** By function token, of those that were called. */
  readonly grades = new Map<string, Grade>();

  /** Texts of answers that are declared or invented. */
  readonly texts: [text: string, grade: Grade][] = [];

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
  respond(token: string): Call | undefined {
    const { calls, strict = false } = this.#config;
    if (calls?.[token] !== undefined) {
      this.grades.set(token, "declared");
      return (inputs, account) => {
        const answer = { ...declared(calls, { token, name: "", inputs, ...account }) };
        return this.#noted(answer, inputs, "declared");
      };
    }
    const listed = CALLS[token];
    this.grades.set(token, listed === undefined ? "invented" : "table");
    if (strict) return listed;
    // A table answers what one program asks; the fields that others read are invented.
    return (inputs, account) => {
      const invented = inventAnswer(token, inputs, account, this.#metadata);
      if (listed !== undefined) return { ...invented, ...listed(inputs, account) };
      return this.#noted(invented, { ...inputs, ...account }, "invented");
    };
  }

  /** Remembers the texts of an answer, but for those that the question has. */
  #noted(
    answer: Record<string, Json>,
    question: Readonly<Record<string, Json>>,
    grade: Grade,
  ): Record<string, Json> {
    const asked = JSON.stringify(question);
    for (const [, text] of leaves(answer, ""))
      if (!asked.includes(text)) this.texts.push([text, grade]);
    return answer;
  }
}
