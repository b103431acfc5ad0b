import { readFile } from "node:fs/promises";
import path from "node:path";
import { planStack } from "../../plan/evaluate.ts";
import { mermaid } from "./mermaid.ts";

/** A file of the documentation that holds a generated diagram. */
export interface DiagramPage {
  /** Relative to the project. */
  path: string;
  /** What it has to say. */
  content: string;
  /** What it says now; undefined where there is no such file. */
  current: string | undefined;
}

/** The stack that shows all boxes. */
const STACK = "prod";
const PAGE = "docs/architecture.md";
const [OPEN, CLOSE] = ["<!-- diagram -->", "<!-- /diagram -->"];
const REPOSITORY = process.cwd();

/** docs/architecture.md with the diagram between its markers. */
export async function architecturePage(root: string = REPOSITORY): Promise<DiagramPage> {
  const plan = await planStack({ stack: STACK, root });
  const text = await readFile(path.join(root, PAGE), "utf8").catch(() => undefined);
  return { path: PAGE, content: withDiagram(text ?? "", mermaid(plan)), current: text };
}

/** @throws Error in one sentence where the page lacks the markers */
export function withDiagram(text: string, diagram: string): string {
  const [start, end] = [text.indexOf(OPEN), text.indexOf(CLOSE)];
  if (start === -1 || end < start)
    throw new Error(
      `${PAGE} lacks the markers ${OPEN} and ${CLOSE}. Put both where the diagram goes.`,
    );
  const block = ["", "", "```mermaid", diagram, "```", "", ""].join("\n");
  return text.slice(0, start + OPEN.length) + block + text.slice(end);
}
