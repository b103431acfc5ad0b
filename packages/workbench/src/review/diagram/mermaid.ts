import { label } from "../comment/escape.ts";
import type { Plan } from "../../plan/types.ts";
import { diagram, type Box, type Diagram } from "./graph.ts";

/** More facts make a box too tall. */
const MOST_FACTS = 6;

/**
 * The architecture as a Mermaid flow chart: a box for each component, with what is in it, and arrows for what really
 * refers to what. What runs in the network's subnets stands in it.
 */
export function mermaid(plan: Plan): string {
  const drawn = diagram(plan);
  const inside = drawn.boxes.filter((box) => box.inside);
  const outside = drawn.boxes.filter((box) => !box.inside && box.name !== drawn.container);
  const id = ids(drawn);
  const node = (box: Box): string => `${id(box.name)}[${caption(box)}]`;
  return [
    "flowchart LR",
    ...(drawn.entry === undefined ? [] : [`  callers([${label(drawn.entry.from)}])`]),
    ...network(drawn, id, inside.map(node)),
    ...outside.map((box) => `  ${node(box)}`),
    ...(drawn.entry === undefined
      ? []
      : [`  callers ==>|${label(drawn.entry.label)}| ${id(drawn.entry.to)}`]),
    ...drawn.edges.map(
      ({ from, to, label: text, kind }) =>
        `  ${id(from)} ${kind === "flow" ? "-->" : "-.->"}|${label(text)}| ${id(to)}`,
    ),
  ].join("\n");
}

type Ids = (name: string) => string;

/** Names may be words of the language, such as `end`. */
function ids({ boxes }: Diagram): Ids {
  return (name) => `b${boxes.findIndex((box) => box.name === name)}`;
}

function network({ boxes, container }: Diagram, id: Ids, nodes: readonly string[]): string[] {
  const box = boxes.find(({ name }) => name === container);
  // Without a network of its own, what would run in it stands free.
  if (box === undefined) return nodes.map((node) => `  ${node}`);
  return [
    `  subgraph ${id(box.name)}[${title(box)}]`,
    "    direction LR",
    ...nodes.map((node) => `    ${node}`),
    "  end",
  ];
}

function title({ name, count, facts }: Box): string {
  return label(`${name}, ${count} resources: ${facts.join(", ")}`, 200);
}

/** Parts are escaped one by one: bold type and line breaks are the only markup. */
function caption({ name, count, facts }: Box): string {
  const lines = [
    `<b>${inner(name)}</b> ${count}`,
    ...facts.slice(0, MOST_FACTS).map((fact) => inner(fact)),
  ];
  return `"${lines.join("<br/>")}"`;
}

function inner(text: string): string {
  return label(text, 60).slice(1, -1);
}
