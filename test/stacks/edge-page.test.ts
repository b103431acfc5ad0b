import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { estimate } from "@koa-fargate/workbench/review/cost/estimate.ts";
import { loadOf } from "@koa-fargate/workbench/review/cost/load.ts";
import { ROOT } from "../helpers/app.ts";
import { planFrozen } from "../helpers/frozen.ts";

const PAGE = readFileSync(path.join(ROOT, "docs/edge.md"), "utf8");

const LOADS = [0, 1, 5, 10, 100];
const FORMS = ["load-balancer", "cloudfront"];
/** USD a month that the program may have come to cost since: alarms of its owner, say. */
const OWNERS = 2;

/** Each form at each load, without and with the free tier. */
async function costs(stack: string, edge: string): Promise<number[]> {
  const plan = await planFrozen({
    stack,
    overrides: {
      edge,
      ...(stack === "prod" && { hostedZone: "example.com", certificateArn: "" }),
      ...(stack === "prod" && { domainName: "api.example.com" }),
    },
  });
  return LOADS.flatMap((load) =>
    [false, true].map((freeTier) => estimate(plan, { load: loadOf(load), freeTier }).monthlyUsd),
  );
}

/** The figures of `| dev | `cloudfront` | 25 (20) | ...`. */
function figures(stack: string, edge: string): number[] {
  const row = PAGE.split("\n").find((line) =>
    line.replaceAll(" ", "").startsWith(`|${stack}|\`${edge}\`|`),
  );
  return [...(row ?? "").matchAll(/[\d,]+/g)].map(([figure]) => Number(figure.replaceAll(",", "")));
}

describe("docs/edge.md", () => {
  for (const stack of ["dev", "prod"])
    it(`says what ${stack} costs in both forms, as the plan computes it`, async () => {
      for (const edge of FORMS) {
        const [said, computed] = [figures(stack, edge), await costs(stack, edge)];
        expect(said.length).to.equal(computed.length);
        for (const [index, figure] of said.entries())
          expect(figure, `${edge}, figure ${index + 1}`).to.be.closeTo(
            computed[index] ?? NaN,
            OWNERS,
          );
      }
    });
});
