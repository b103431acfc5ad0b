export interface Point {
  x: number;
  y: number;
}

export interface Rectangle extends Point {
  width: number;
  height: number;
}

/** A box with its place and its text cut into lines. */
export interface Card extends Rectangle {
  name: string;
  count: number;
  lines: string[];
}

export interface Arrow {
  /** Corners of the way, at right angles; the arrow's head is at the last. */
  points: Point[];
  label: string;
  /** Middle of the label. */
  at: Point;
  kind: "flow" | "support";
}

export interface Layout {
  width: number;
  height: number;
  cards: Card[];
  /** The network around the cards inside of it; its lines stand below its title. */
  frame: Card | undefined;
  callers: (Rectangle & { text: string }) | undefined;
  arrows: Arrow[];
}

export const MARGIN = 36;
export const TOP = 92;
/** Between columns: room for an arrow and its label. */
export const COLUMN_GAP = 128;
/** Between the two parts of the picture, and between the ways of two bundles of arrows. */
export const LANE = 26;
