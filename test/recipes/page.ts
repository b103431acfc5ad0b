import { parse } from "yaml";

/** What a reader does at one place of the page. */
export type Step =
  | { kind: "write"; file: string; text: string }
  | { kind: "change"; file: string; edits: [before: string, after: string][] }
  | { kind: "set"; stacks: string[]; values: Record<string, unknown> }
  | { kind: "run"; command: string }
  | { kind: "has"; promises: Promise[] }
  | { kind: "lacks"; type: string };

/** A resource that the plan has, and what its inputs say. */
export interface Promise {
  type: string;
  name: string;
  /** Input, whether it is all of the text or a part, and the text. */
  inputs: { input: string; whole: boolean; text: string }[];
}

export interface Recipe {
  title: string;
  steps: Step[];
}

/**
 * Reads the recipes of a page, a section each, and what stands before the first, where there is something to do.
 * @throws Error where a snippet does not say what it is for: nothing on the page is passed over
 */
export function readRecipes(page: string): Recipe[] {
  return page
    .split(/^##? /m)
    .slice(1)
    .map((section) => {
      const [title = "", ...lines] = section.split("\n");
      return { title, steps: steps(title, lines.join("\n")) };
    })
    .filter(({ steps }, index) => index > 0 || steps.length > 0);
}

function steps(title: string, text: string): Step[] {
  // Paragraphs and fenced blocks, in order; a block may hold empty lines.
  const blocks = text.match(/^```[\s\S]*?^```$|^(?:(?!```)\S.*\n?)+|^ {4}.*(?:\n {4}.*)*/gm) ?? [];
  let said = "";
  return blocks.flatMap((block): Step[] => {
    if (block.startsWith("```")) return [snippet(title, said, block)];
    if (block.startsWith("    "))
      return block.split("\n").map((line) => ({ kind: "run", command: line.trim() }));
    said = block.replaceAll("\n", " ").trim();
    const lacked = /^The plan has no `(\S+)`\.$/.exec(said)?.[1];
    return lacked === undefined ? [] : [{ kind: "lacks", type: lacked }];
  });
}

function snippet(title: string, said: string, block: string): Step {
  const content = block.replace(/^```.*\n/, "").replace(/```$/, "");
  const file = /(?:Write|Change) `([^`]+)`:$/.exec(said)?.[1];
  if (file !== undefined && block.startsWith("```diff"))
    return { kind: "change", file, edits: content.split(/^@@\n/m).map(hunk) };
  if (file !== undefined) return { kind: "write", file, text: content };
  if (said.endsWith("The plan then has:")) return { kind: "has", promises: promises(content) };
  const sentence = said.slice(said.lastIndexOf("Set in "));
  const stacks = [...sentence.matchAll(/`Pulumi\.(\w+)\.yaml`/g)].map(([, stack = ""]) => stack);
  if (stacks.length > 0)
    return { kind: "set", stacks, values: parse(content) as Record<string, unknown> };
  throw new Error(`${title}: nothing says what this is for:\n${block}`);
}

/** Lines to find, and what they become. */
function hunk(text: string): [string, string] {
  const lines = text.split("\n").filter((line) => line !== "");
  const without = (sign: string): string =>
    lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => `${line.slice(1)}\n`)
      .join("");
  return [without("+"), without("-")];
}

function promises(text: string): Promise[] {
  return text
    .trim()
    .split("\n")
    .map((line) => {
      const [type = "", name = "", ...inputs] = line.split(" ");
      return {
        type,
        name,
        inputs: inputs.map((each) => {
          const [, input = "", sign, value = ""] = /^(\w+)([=~])(.+)$/.exec(each) ?? [];
          return { input, whole: sign === "=", text: value };
        }),
      };
    });
}
