import { expect } from "chai";
import { diagram } from "../../../../tools/plan/diagram/graph.ts";
import { layout, wrapped } from "../../../../tools/plan/diagram/layout.ts";
import type { Card, Layout, Point } from "../../../../tools/plan/diagram/shapes.ts";
import { svg } from "../../../../tools/plan/diagram/svg.ts";
import { planOf } from "../../../stacks/helpers/plans.ts";

/** Stacks that look different. */
const STACKS: readonly (readonly [stack: string, overrides: Record<string, unknown>])[] = [
  ["dev", {}],
  ["prod", {}],
  ["dev", { auditTrail: "account", encryption: "customer-managed" }],
  [
    "dev",
    {
      vpcId: "vpc-0a1b2c3d4e5f60718",
      publicSubnetIds: ["subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"],
      privateSubnetIds: ["subnet-0a1b2c3d4e5f60713", "subnet-0a1b2c3d4e5f60714"],
    },
  ],
];

describe("layout", function () {
  this.timeout(60_000);
  for (const [stack, overrides] of STACKS)
    it(`${stack} ${JSON.stringify(overrides)}: no box lies on another, no arrow passes through one`, async () => {
      const drawn = diagram(await planOf(stack, overrides));
      const placed = layout(drawn);
      const { cards, frame, arrows } = placed;
      for (const card of cards) {
        expect(
          overlaps(card, { x: 0, y: 0, width: placed.width, height: placed.height }),
          card.name,
        ).to.equal("inside");
        for (const other of cards)
          if (other !== card)
            expect(overlaps(card, other), `${card.name} ${other.name}`).to.equal("apart");
        if (frame !== undefined)
          expect(overlaps(card, frame), card.name).to.equal(
            drawn.boxes.find(({ name }) => name === card.name)?.inside === true
              ? "inside"
              : "apart",
          );
      }
      const between = drawn.edges.filter(({ from, to }) => from !== to);
      expect(arrows.length).to.equal(between.length + (drawn.entry === undefined ? 0 : 1));
      for (const { points, label } of arrows) {
        expect(points.every(isCorner), label).to.equal(true);
        expect(crossed(points, placed), label).to.deep.equal([]);
      }
    });

  it("reaches a box that has another below it from its side", async () => {
    const drawn = diagram(await planOf("prod"));
    const placed = layout({
      ...drawn,
      edges: [
        ...drawn.edges,
        { from: "observability", to: "registry", label: "looks at", kind: "support" },
      ],
    });
    const registry = placed.cards.find(({ name }) => name === "registry");
    const way = placed.arrows.find(({ label }) => label === "looks at");
    expect(way?.points.at(-1)?.x).to.equal((registry?.x ?? 0) + (registry?.width ?? 0));
    expect(crossed(way?.points ?? [], placed)).to.deep.equal([]);
  });

  it("cuts texts between words", () => {
    expect(wrapped(["a bb ccc dddd"], 36)).to.deep.equal(["a bb", "ccc", "dddd"]);
    expect(wrapped(["unbreakable"], 12)).to.deep.equal(["unbreakable"]);
  });
});

describe("svg", () => {
  it("is one file that needs nothing else, and escapes what it shows", async () => {
    const plan = await planOf("prod");
    const text = svg({ ...plan, project: '<script>"&' });
    expect(text.startsWith('<svg xmlns="http://www.w3.org/2000/svg"')).to.equal(true);
    expect(text).to.include("&lt;script&gt;&quot;&amp; / prod");
    expect(text.match(/<script|href|url\((?!#)|@import|NaN|undefined/g)).to.equal(null);
    expect(text.match(/<g /g)?.length).to.equal(text.match(/<\/g>/g)?.length);
  });
});

function overlaps(
  a: Pick<Card, "x" | "y" | "width" | "height">,
  b: typeof a,
): "apart" | "inside" | "across" {
  if (
    a.x >= b.x &&
    a.y >= b.y &&
    a.x + a.width <= b.x + b.width &&
    a.y + a.height <= b.y + b.height
  )
    return "inside";
  return a.x + a.width <= b.x ||
    b.x + b.width <= a.x ||
    a.y + a.height <= b.y ||
    b.y + b.height <= a.y
    ? "apart"
    : "across";
}

/** Each part of the way is level or upright. */
function isCorner({ x, y }: Point, index: number, points: readonly Point[]): boolean {
  const next = points[index + 1];
  return next === undefined || next.x === x || next.y === y;
}

/** Names of the cards that a way passes through; it may touch the borders of those that it joins. */
function crossed(points: readonly Point[], { cards }: Layout): string[] {
  return points.slice(1).flatMap((end, index) => {
    const start = points[index];
    if (start === undefined) return [];
    const part = {
      x: Math.min(start.x, end.x),
      y: Math.min(start.y, end.y),
      width: Math.abs(start.x - end.x),
      height: Math.abs(start.y - end.y),
    };
    return cards
      .filter(
        (card) =>
          part.x < card.x + card.width &&
          part.x + part.width > card.x &&
          part.y < card.y + card.height &&
          part.y + part.height > card.y,
      )
      .map(({ name }) => name);
  });
}
