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

/** A kind whose findings are risks. */
const ofRisks = (
  title: string,
  name: string,
  alert: Kind["alert"],
  key: "dataLoss" | "downtime" | "weakened" | "redundancy" | "exposure",
): Kind => ({ title, name, alert, sentences: (found, mark) => riskSentences(found[key], mark) });

/** In the order of the comment: what cannot be undone first. */
export const KINDS: readonly Kind[] = [
  {
    title: "Everything moves",
    name: "moves",
    alert: "CAUTION",
    sentences: ({ moves }, mark) => moves.map((move) => moveSentence(move, mark)),
  },
  ofRisks("Data loss", "data loss", "CAUTION", "dataLoss"),
  ofRisks("Downtime", "downtime", "CAUTION", "downtime"),
  ofRisks("Security weakened", "weakened", "CAUTION", "weakened"),
  ofRisks("Less redundancy", "redundancy", "WARNING", "redundancy"),
  ofRisks("Newly public", "public", "WARNING", "exposure"),
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
