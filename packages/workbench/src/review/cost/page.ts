import { PRICES_DATE } from "../../plan/prices/prices.ts";
import type { Plan } from "../../plan/types.ts";
import { advice, capacityTable } from "./advice.ts";
import { estimate, sum } from "./estimate.ts";
import { ASSUMED } from "./load.ts";

/** docs/cost.md: what each stack costs, what a load needs, and what would lower it. */
export function costPage(plans: readonly Plan[]): string {
  return [
    "# Cost",
    "<!-- Written by `npm run docs` from the plans of the stacks and the workbench's table of prices. -->",
    `What the stacks cost by AWS's list prices of ${PRICES_DATE}, without tax, discounts and data between zones. \`npm run plan -- <stack> --cost\` shows every line with its arithmetic, \`--load <requests per second>\` reckons with traffic, and the key \`monthlyBudgetUsd\` makes a plan fail that is dearer, and AWS tell when as much is spent. A pull request's comment says what the change costs.`,
    `A request is taken for ${ASSUMED.answerKb} KB of answer, ${ASSUMED.logKb} KB of log, ${ASSUMED.cpuMilliseconds} ms of CPU, ${ASSUMED.writeShare} writes and ${ASSUMED.readShare} reads of the table: measure yours.`,
    ...plans.flatMap(section),
  ].join("\n\n");
}

function section(plan: Plan): string[] {
  const found = estimate(plan);
  const awake = estimate(plan, { asleep: false });
  const boxes = [...new Set(found.lines.map(({ box }) => box))];
  const capacity = capacityTable(plan);
  return [
    `## ${plan.stack}`,
    `In ${found.region}: **${found.monthlyUsd.toFixed(2)} USD a month idle**${awake.monthlyUsd - found.monthlyUsd > 0.005 ? `, ${awake.monthlyUsd.toFixed(2)} USD awake all month` : ""}. ${Math.round(found.unverifiedShare * 100)} % of it rests on prices that are not verified.`,
    table(
      ["Component", "USD a month", "of which"],
      boxes.map((box) => {
        const lines = found.lines.filter((line) => line.box === box);
        return [
          box,
          sum(lines).toFixed(2),
          lines.map(({ id, usd }) => `${id} ${usd.toFixed(2)}`).join(", "),
        ];
      }),
    ),
    ...(capacity.length === 0
      ? []
      : [
          table(
            ["Requests a second", "Tasks", "USD a month", ""],
            capacity.map(({ requestsPerSecond, tasks, monthlyUsd, enough }) => [
              String(requestsPerSecond),
              String(tasks),
              monthlyUsd.toFixed(2),
              enough ? "" : "more than autoscaling may start: raise maxCapacity",
            ]),
          ),
        ]),
    advice(plan)
      .map((sentence) => `- ${sentence}`)
      .join("\n"),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
