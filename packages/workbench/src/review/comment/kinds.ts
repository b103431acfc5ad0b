import { isFirst } from "../diff/counts.ts";
import { moveSentence, type Move } from "../diff/moves.ts";
import type { Mark } from "../diff/risk/quote.ts";
import { permissionSentences, riskSentences } from "../diff/risk/sentences.ts";
import { risks, type PlannedInputs, type Risks } from "../diff/risk/risks.ts";
import type { StackReport } from "./types.ts";

/** All that a change risks in one stack. */
export interface Found extends Risks {
  moves: readonly Move[];
}

/** One kind of risk. */
export interface Kind {
  title: string;
  /** On a terminal. */
  name: string;
  alert: "CAUTION" | "WARNING";
  sentences: (found: Found, mark: Mark) => string[];
}

/** In the order of the comment: what cannot be undone first. */
export const KINDS: readonly Kind[] = [
  {
    title: "Everything moves",
    name: "moves",
    alert: "CAUTION",
    sentences: ({ moves }, mark) => moves.map((move) => moveSentence(move, mark)),
  },
  {
    title: "Data loss",
    name: "data loss",
    alert: "CAUTION",
    sentences: ({ dataLoss }, mark) => riskSentences(dataLoss, mark),
  },
  {
    title: "Downtime",
    name: "downtime",
    alert: "CAUTION",
    sentences: ({ downtime }, mark) => riskSentences(downtime, mark),
  },
  {
    title: "Security weakened",
    name: "weakened",
    alert: "CAUTION",
    sentences: ({ weakened }, mark) => riskSentences(weakened, mark),
  },
  {
    title: "Less redundancy",
    name: "redundancy",
    alert: "WARNING",
    sentences: ({ redundancy }, mark) => riskSentences(redundancy, mark),
  },
  {
    title: "Newly public",
    name: "public",
    alert: "WARNING",
    sentences: ({ exposure }, mark) => riskSentences(exposure, mark),
  },
  {
    title: "Permissions",
    name: "permissions",
    alert: "WARNING",
    sentences: ({ permissions }, mark) =>
      permissions.flatMap((widening) => permissionSentences(widening, mark)),
  },
];

/** @returns undefined of a stack of which nothing was found out */
export function foundIn({ changes, plan, moves = [] }: StackReport): Found | undefined {
  if (changes === undefined) return undefined;
  const planned: PlannedInputs = new Map(plan?.resources.map(({ urn, inputs }) => [urn, inputs]));
  const all = { ...risks(changes, planned), moves };
  // All the rest of a move is the move.
  const found = moves.some(({ what }) => what === "region")
    ? { ...all, downtime: [], weakened: [], redundancy: [], permissions: [], exposure: [] }
    : all;
  // Whatever a new stack allows is new: its policies are read in the code, not here.
  return isFirst(changes) ? { ...found, permissions: [] } : found;
}

/** Titles of the kinds that were found, with the stacks of each, in order; without what something averts. */
export function verdicts(reports: readonly StackReport[]): [title: string, stacks: string[]][] {
  const found = reports.map((report) => {
    const all = foundIn(report);
    return [
      report,
      all && { ...all, dataLoss: all.dataLoss.filter(({ averted }) => averted !== true) },
    ] as const;
  });
  const plain = (text: string): string => text;
  return KINDS.flatMap(({ title, sentences }): [string, string[]][] => {
    const stacks = found
      .filter(([, of]) => of !== undefined && sentences(of, plain).length > 0)
      .map(([{ stack }]) => stack);
    return stacks.length === 0 ? [] : [[title, stacks]];
  });
}
