import { compareBoxes, compareText, shortType } from "../diff/boxes.ts";
import { isFirst, shownOperation } from "../diff/counts.ts";
import { isImage } from "../diff/image.ts";
import type { Operation, ResourceChange } from "../diff/types.ts";
import { label, plainText } from "./escape.ts";
import { redact } from "./redact.ts";
import type { StackReport } from "./types.ts";

/** Resources of one type in one box that share their fate: one node. */
interface Node {
  id: string;
  box: string;
  operation: Operation;
  type: string;
  resources: ResourceChange[];
}

/** More nodes than this are no picture any more. */
const MOST_NODES = 40;

/** Worst first: what is left out where there are too many nodes comes last. */
const RANK: readonly Operation[] = ["replace", "delete", "create", "update"];

/** Colours that are read in GitHub's light and dark themes alike. */
const CLASSES: Readonly<Record<Operation, string>> = {
  create: "fill:#1a7f37,stroke:#1a7f37,color:#ffffff",
  update: "fill:#9a6700,stroke:#9a6700,color:#ffffff",
  replace: "fill:#cf222e,stroke:#cf222e,color:#ffffff",
  delete: "fill:#57606a,stroke:#cf222e,color:#ffffff,stroke-dasharray:4 3",
};

/**
 * What changes in one stack and how it hangs together, as a collapsed Mermaid diagram. Empty where it would say nothing:
 * for a single change, and for a stack that is all new, which docs/architecture.md draws better.
 */
export function changeDiagram({ stack, changes }: StackReport): string {
  if (changes !== undefined && isFirst(changes)) return "";
  const all = nodes((changes?.resources ?? []).filter((change) => !isImage(change)));
  if (all.length < 2) return "";
  const shown = [...all]
    .sort((a, b) => RANK.indexOf(a.operation) - RANK.indexOf(b.operation))
    .slice(0, MOST_NODES);
  const boxes = [...new Set(shown.map(({ box }) => box))].sort(compareBoxes);
  const used = new Set(shown.map(({ operation }) => operation));
  return [
    `<details><summary>Diagram of what changes in ${plainText(stack, 40)}</summary>`,
    "",
    "```mermaid",
    "flowchart LR",
    ...boxes.flatMap((box, index) => [
      `  subgraph b${index}[${label(box)}]`,
      ...all
        .filter((node) => node.box === box && shown.includes(node))
        .map((node) => `    ${node.id}[${caption(node)}]:::${node.operation}`),
      "  end",
    ]),
    ...edges(shown).map(([from, to]) => `  ${from} --> ${to}`),
    ...RANK.filter((operation) => used.has(operation)).map(
      (operation) => `  classDef ${operation} ${CLASSES[operation]}`,
    ),
    "```",
    "",
    all.length > shown.length
      ? `${all.length - shown.length} more are left out. Red is replaced, green new, brown updated, grey deleted.`
      : "Red is replaced, green new, brown updated, grey deleted; arrows lead to what a resource needs.",
    "",
    "</details>",
  ].join("\n");
}

function nodes(resources: readonly ResourceChange[]): Node[] {
  const alike = Map.groupBy(resources, (change) =>
    JSON.stringify([change.box, change.type, shownOperation(change)]),
  );
  return [...alike.values()].flatMap((group, index) =>
    group.slice(0, 1).map((change) => ({
      id: `n${index}`,
      box: change.box,
      operation: shownOperation(change),
      type: change.type,
      resources: group,
    })),
  );
}

function caption({ type, resources }: Node): string {
  const [first, ...others] = resources;
  if (first === undefined || others.length > 0)
    return label(`${resources.length} × ${shortType(type)}`);
  // Both parts are escaped; the break between them is the only markup.
  return `${label(redact(first.name)).slice(0, -1)}<br/>${label(shortType(type)).slice(1)}`;
}

function edges(shown: readonly Node[]): [string, string][] {
  const byUrn = new Map(shown.flatMap((node) => node.resources.map(({ urn }) => [urn, node.id])));
  const pairs = shown.flatMap((node) =>
    node.resources.flatMap(({ dependencies }) =>
      dependencies.flatMap((urn) => {
        const to = byUrn.get(urn);
        return to === undefined || to === node.id ? [] : [`${node.id} ${to}`];
      }),
    ),
  );
  return [...new Set(pairs)].sort(compareText).map((pair) => pair.split(" ") as [string, string]);
}
