import type { Edge } from "./graph.ts";
import {
  COLUMN_GAP,
  LANE,
  MARGIN,
  TOP,
  type Arrow,
  type Card,
  type Layout,
  type Point,
} from "./shapes.ts";

/** Arrows from left to right. One that passes a card by goes below it. */
export function flowArrows(flows: readonly Edge[], { cards, frame }: Layout): Arrow[] {
  const find = (name: string): Card | undefined => cards.find((card) => card.name === name);
  const arriving = new Map<string, number>();
  const total = (name: string): number => flows.filter(({ to }) => to === name).length;
  return flows.flatMap(({ from, to, label }): Arrow[] => {
    const [source, target] = [find(from), find(to)];
    if (source === undefined || target === undefined || target.x <= source.x) return [];
    const index = (arriving.get(to) ?? 0) + 1;
    arriving.set(to, index);
    const between = cards.some(
      (card) =>
        card.x > source.x &&
        card.x < target.x &&
        card.y < source.y + source.height &&
        card.y + card.height > source.y,
    );
    const step = target.height / (total(to) + 1);
    if (between) {
      // The lowest place on the target: the way comes from below.
      const lane =
        (frame === undefined ? source.y + source.height + LANE : frame.y + frame.height) - LANE;
      const y = straightened(lane, target.y + target.height - step / 2);
      const turn = target.x - COLUMN_GAP / 2 + 14;
      const start = source.x + source.width / 2;
      return [
        {
          points: [
            { x: start, y: source.y + source.height },
            { x: start, y: lane },
            ...(y === lane
              ? []
              : [
                  { x: turn, y: lane },
                  { x: turn, y },
                ]),
            { x: target.x, y },
          ],
          label,
          at: { x: source.x + source.width + COLUMN_GAP / 2, y: lane },
          kind: "flow",
        },
      ];
    }
    const aim = target.y + step * index - (total(to) > 1 ? step / 2 : 0);
    const begin = clamp(aim, source.y + 22, source.y + source.height - 22);
    const y = straightened(begin, aim);
    const start = { x: source.x + source.width, y: begin };
    const edge =
      frame !== undefined && target.x > frame.x + frame.width ? frame.x + frame.width : start.x;
    const turn = edge + 14;
    const bend =
      y === begin
        ? []
        : [
            { x: turn, y: begin },
            { x: turn, y },
          ];
    return [
      {
        points: [start, ...bend, { x: target.x, y }],
        label,
        at: { x: (edge + target.x) / 2 + (bend.length === 0 ? -4 : 6), y },
        kind: "flow",
      },
    ];
  });
}

/** Where an arrow ends that comes along `from`: a bend of a few pixels looks like a mistake. */
function straightened(from: number, aim: number): number {
  return Math.abs(from - aim) < 16 ? from : aim;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}

interface Bundle {
  /** The box below that the arrows leave from or lead to. */
  name: string;
  label: string;
  edges: Edge[];
}

/** Arrows of one box that say the same run together. */
export function bundles(edges: readonly Edge[]): Bundle[] {
  const byKey = new Map<string, Bundle>();
  for (const edge of edges.filter(({ kind }) => kind === "support")) {
    const name = edge.label === "rolls back on" ? edge.to : edge.from;
    const key = `${name}|${edge.label}`;
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { name, label: edge.label, edges: [edge] });
    else known.edges.push(edge);
  }
  return [...byKey.values()];
}

/** Arrows between the boxes below and those above: up into a lane, along it, and up to each. */
export function supportArrows(edges: readonly Edge[], placed: Layout): Arrow[] {
  const { cards, frame } = placed;
  const find = (name: string): Card | undefined =>
    cards.find((card) => card.name === name) ?? (frame?.name === name ? frame : undefined);
  const floor = frame === undefined ? TOP : frame.y + frame.height;
  const all = bundles(edges);
  const ports = new Map<string, number>();
  /** Places on a card's edge, from left to right. */
  const port = (card: Card, of: number): number => {
    const index = (ports.get(card.name) ?? 0) + 1;
    ports.set(card.name, index);
    return card.x + (card.width * index) / (of + 1);
  };
  const leaving = (name: string): number => all.filter((bundle) => bundle.name === name).length;
  return all.flatMap(({ name, label, edges: list }, index) => {
    const home = find(name);
    if (home === undefined) return [];
    const lane = floor + (index + 1) * LANE;
    const start = { x: port(home, leaving(name)), y: home.y };
    return list.flatMap(({ from, to }, position): Arrow[] => {
      const other = find(from === name ? to : from);
      if (other === undefined || other.y > floor) return [];
      const way = upTo(other, lane, start, port(other, 4), placed);
      return [
        {
          points: from === name ? way : way.reverse(),
          label: position === 0 ? label : "",
          at: { x: start.x, y: (floor + all.length * LANE + home.y) / 2 + 2 },
          kind: "support",
        },
      ];
    });
  });
}

/** A card with another below it is reached from its right side. */
function upTo(
  card: Card,
  lane: number,
  start: Point,
  x: number,
  { cards, width }: Layout,
): Point[] {
  const covered = cards.some((other) => other.x === card.x && other.y > card.y && other.y < lane);
  if (!covered)
    return [start, { x: start.x, y: lane }, { x, y: lane }, { x, y: card.y + card.height }];
  const side = width - MARGIN - LANE / 2;
  const y = card.y + card.height / 2;
  return [
    start,
    { x: start.x, y: lane },
    { x: side, y: lane },
    { x: side, y },
    { x: card.x + card.width, y },
  ];
}
