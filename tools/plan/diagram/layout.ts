import type { Box, Diagram, Edge } from "./graph.ts";
import { COLUMN_GAP, LANE, MARGIN, TOP, type Card, type Layout } from "./shapes.ts";
import { bundles, flowArrows, supportArrows } from "./ways.ts";

const CARD_WIDTH = 264;
const LINE = 19;
const CARD_HEAD = 44;
const CARD_FOOT = 16;
const GAP = 28;
const FRAME_HEAD = 66;
const FRAME_PAD = 28;
const CALLERS = { width: 104, height: 44 };
/** Average width of a character at 12.5 pixels, in pixels. */
const CHARACTER = 6.5;

/**
 * Places the boxes: callers, then what runs in the network from left to right as requests go, then what these use; below
 * all of it what only stands beside. Arrows keep to lanes of their own.
 */
export function layout(drawn: Diagram): Layout {
  const flows = drawn.edges.filter(({ kind }) => kind === "flow");
  const flowing = new Set(flows.flatMap(({ from, to }) => [from, to]));
  const others = drawn.boxes.filter(({ name }) => name !== drawn.container);
  const inside = ranked(
    others.filter((box) => box.inside),
    flows,
  );
  const right = others.filter((box) => !box.inside && flowing.has(box.name));
  const below = others.filter((box) => !box.inside && !flowing.has(box.name));

  const left = MARGIN + (drawn.entry === undefined ? 0 : CALLERS.width + COLUMN_GAP - FRAME_PAD);
  const frameLines = wrapped(
    [frameFacts(drawn)],
    Math.max(1, inside.length) * (CARD_WIDTH + COLUMN_GAP) - COLUMN_GAP,
  );
  const head = drawn.container === undefined ? 0 : FRAME_HEAD + (frameLines.length - 1) * LINE;
  const rightHeight = stacked(right.map((box) => cardHeight(box)));
  const insideHeight = Math.max(0, ...inside.map((box) => cardHeight(box)));
  // Below the cards of the frame runs the lane of arrows that pass one of them by.
  const frameHeight = Math.max(head + insideHeight + FRAME_PAD + 2 * LANE, rightHeight);
  const cardTop = TOP + head + (frameHeight - head - 2 * LANE - insideHeight) / 2;
  const cards = inside.map((box, index) =>
    card(box, left + FRAME_PAD + index * (CARD_WIDTH + COLUMN_GAP), cardTop, insideHeight),
  );
  const frameWidth =
    2 * FRAME_PAD + Math.max(1, inside.length) * (CARD_WIDTH + COLUMN_GAP) - COLUMN_GAP;
  const container = drawn.boxes.find(({ name }) => name === drawn.container);
  const frame =
    container === undefined
      ? undefined
      : {
          name: container.name,
          count: container.count,
          lines: frameLines,
          x: left,
          y: TOP,
          width: frameWidth,
          height: frameHeight,
        };
  const rightX = left + frameWidth + COLUMN_GAP;
  let y = TOP + (frameHeight - rightHeight) / 2;
  for (const box of right) {
    cards.push(card(box, rightX, y, cardHeight(box)));
    y += cardHeight(box) + GAP;
  }
  const lanes = bundles(drawn.edges).length;
  const belowY = TOP + frameHeight + (lanes + 2) * LANE;
  below.forEach((box, index) => {
    cards.push(
      card(
        box,
        left + index * (CARD_WIDTH + COLUMN_GAP),
        belowY,
        Math.max(...below.map(cardHeight)),
      ),
    );
  });

  const bottom =
    below.length === 0 ? TOP + frameHeight : belowY + Math.max(...below.map(cardHeight));
  const placed: Layout = {
    width: (right.length === 0 ? left + frameWidth : rightX + CARD_WIDTH + LANE) + MARGIN,
    height: bottom + MARGIN,
    cards,
    frame,
    callers: undefined,
    arrows: [],
  };
  placed.arrows = [...flowArrows(flows, placed), ...supportArrows(drawn.edges, placed)];
  addCallers(drawn, placed);
  return placed;
}

/** In the order in which requests pass: a box stands right of those that send to it. */
function ranked(boxes: readonly Box[], flows: readonly Edge[]): Box[] {
  const rank = (name: string, seen: readonly string[] = []): number =>
    Math.max(
      0,
      ...flows
        .filter(({ from, to }) => to === name && !seen.includes(from))
        .map(({ from }) => 1 + rank(from, [...seen, name])),
    );
  return [...boxes].sort((a, b) => rank(a.name) - rank(b.name));
}

function frameFacts({ boxes, container }: Diagram): string {
  return boxes.find(({ name }) => name === container)?.facts.join("  ·  ") ?? "";
}

function cardHeight({ facts }: Box): number {
  return CARD_HEAD + wrapped(facts, CARD_WIDTH - 36).length * LINE + CARD_FOOT;
}

function stacked(heights: readonly number[]): number {
  return heights.reduce((sum, height) => sum + height, 0) + Math.max(0, heights.length - 1) * GAP;
}

function card({ name, count, facts }: Box, x: number, y: number, height: number): Card {
  return { name, count, lines: wrapped(facts, CARD_WIDTH - 36), x, y, width: CARD_WIDTH, height };
}

/** Texts cut between words so that none is wider, a line each. */
export function wrapped(texts: readonly string[], width: number): string[] {
  const most = Math.floor(width / CHARACTER);
  return texts.flatMap((text) =>
    text.split(/(?<=\S) (?=\S)/).reduce<string[]>((lines, word) => {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + word.length <= most)
        return [...lines.slice(0, -1), `${last} ${word}`];
      return [...lines, word];
    }, []),
  );
}

function addCallers({ entry }: Diagram, placed: Layout): void {
  const target = placed.cards.find(({ name }) => name === entry?.to);
  if (entry === undefined || target === undefined) return;
  const y = target.y + target.height / 2;
  placed.callers = {
    text: entry.from,
    x: MARGIN,
    y: y - CALLERS.height / 2,
    ...CALLERS,
  };
  const from = MARGIN + CALLERS.width;
  placed.arrows.push({
    points: [
      { x: from, y },
      { x: target.x, y },
    ],
    label: entry.label,
    at: { x: (from + (placed.frame?.x ?? target.x)) / 2, y },
    kind: "flow",
  });
}
