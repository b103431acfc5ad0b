import type { Plan } from "../plan/types.ts";

/** A block below the groups, such as the cost or the warnings. Its name stands left, its lines beside it. */
export interface Section {
  name: string;
  lines: (plan: Plan) => string[];
}

/** Marks parts of the text; the identity where there is no terminal. */
export type Style = (part: "title" | "name" | "warning" | "hint", text: string) => string;

export const PLAIN: Style = (_, text) => text;
