import { expect } from "chai";
import path from "node:path";
import type { Plan } from "@koa-fargate/workbench/plan/types.ts";
import { invariants } from "./helpers/invariants.ts";
import { component, planOf } from "./helpers/plans.ts";
import { PROJECT } from "../helpers/project.ts";
import { snapshot } from "../helpers/snapshot.ts";

/** Component -> type -> how many, by stack. The command in test/helpers/snapshot.ts writes it. */
const COUNTS = path.join(import.meta.dirname, "structure.json");
const ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm";

type Counts = Record<string, Record<string, number>>;

function counts(plan: Plan): Counts {
  const found: Counts = {};
  for (const resource of plan.resources) {
    const types = (found[component(plan, resource).replace(PROJECT, "<project>")] ??= {});
    types[resource.type] = (types[resource.type] ?? 0) + 1;
  }
  return found;
}

for (const stack of ["dev", "prod"]) {
  describe(`structure of ${stack}`, () => {
    it("holds exactly these resources, and alarms that its owner adds", async () => {
      const found = counts(await planOf(stack));
      const expected = snapshot<Record<string, Counts>>(COUNTS, { [stack]: found })[stack] ?? {};
      for (const [name, types] of Object.entries(found))
        if ((types[ALARM] ?? 0) > (expected[name]?.[ALARM] ?? 0))
          types[ALARM] = expected[name]?.[ALARM] ?? 0;
      expect(found).to.deep.equal(expected);
    });

    invariants(stack, () => planOf(stack));

    it("ignores changes exactly where something else decides", async () => {
      const plan = await planOf(stack);
      const ignoring = plan.resources
        .filter(({ options }) => (options.ignoreChanges ?? []).length > 0)
        .map(({ type, options }) => [type, options.ignoreChanges]);

      expect(ignoring).to.have.deep.members([
        ["docker:index/image:Image", ["skipPush", "build.args.COMMIT"]],
        ["aws:ecs/service:Service", ["desiredCount"]],
        ["aws:lb/targetGroup:TargetGroup", ["port"]],
        ["aws:dynamodb/table:Table", ["streamEnabled", "streamViewType"]],
        ...(stack === "dev"
          ? [["aws:appautoscaling/target:Target", ["minCapacity", "maxCapacity"]]]
          : [
              ["aws:lb/targetGroup:TargetGroup", ["port"]],
              ["aws:lb/listenerRule:ListenerRule", ["actions[0].forward.targetGroups"]],
            ]),
      ]);
    });
  });
}
