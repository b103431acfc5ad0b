import { expect } from "chai";
import { planStack } from "@koa-fargate/workbench/plan/evaluate.ts";
import { stackNames } from "@koa-fargate/workbench/plan/project.ts";
import { rollout } from "@koa-fargate/workbench/plan/rollout/rollout.ts";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { ROOT } from "./helpers/app.ts";
import { PROJECT } from "./helpers/project.ts";
import { invariants } from "./stacks/helpers/invariants.ts";

// Of the owner's own stack files no value is expected: only what has to hold for any.
for (const stack of await stackNames(ROOT))
  describe(`${stack}, as its owner has it`, () => {
    let plan: Promise<Plan> | undefined;
    const planned = (): Promise<Plan> => (plan ??= planStack({ stack }));

    invariants(stack, planned);

    it("breaks no rule of a rollout", async () => {
      expect(rollout(await planned())?.problems ?? []).to.deep.equal([]);
    });

    it("carries the tags by which the pipeline tells stacks apart", async () => {
      const tags = (await planned()).config["aws:defaultTags"];

      expect(typeof tags === "string" ? (JSON.parse(tags) as unknown) : tags).to.deep.include({
        tags: { project: PROJECT, stack },
      });
    });
  });
