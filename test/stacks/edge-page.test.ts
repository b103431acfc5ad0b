import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { estimate } from "@koa-fargate/workbench/review/cost/estimate.ts";
import { loadOf } from "@koa-fargate/workbench/review/cost/load.ts";
import { ROOT } from "../helpers/app.ts";
import { planFrozen } from "../helpers/frozen.ts";

const PAGE = readFileSync(path.join(ROOT, "docs/edge.md"), "utf8");

/** `| dev | 32.34 | 25.04 | ...`: each form at each load, as the page has them. */
const LOADS = [0, 1, 5, 10, 100];
const FORMS = ["load-balancer", "cloudfront"];

async function row(stack: string, edge: string): Promise<string> {
  const plan = await planFrozen({
    stack,
    overrides: {
      edge,
      ...(stack === "prod" && { hostedZone: "example.com", certificateArn: "" }),
      ...(stack === "prod" && { domainName: "api.example.com" }),
    },
  });
  const costs = LOADS.map((load) => {
    const all = estimate(plan, { load: loadOf(load) }).monthlyUsd;
    const free = estimate(plan, { load: loadOf(load), freeTier: true }).monthlyUsd;
    return `${all.toFixed(0)} (${free.toFixed(0)})`;
  });
  return `| ${[stack, `\`${edge}\``, ...costs].join(" | ")} |`;
}

/** Spaces that a formatter puts between the cells. */
const plain = (text: string): string => text.replaceAll(/ {2,}/g, " ");

describe("docs/edge.md", () => {
  for (const stack of ["dev", "prod"])
    it(`says what ${stack} costs in both forms, as the plan computes it`, async () => {
      for (const edge of FORMS) expect(plain(PAGE)).to.include(await row(stack, edge));
    });
});
