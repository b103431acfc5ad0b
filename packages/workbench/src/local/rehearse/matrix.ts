import { ROOT } from "../session.ts";
import { planInProcess } from "../plan-process.ts";
import type { DeploymentStrategy } from "../../ecs/deployment.ts";
import { clockTime, duration } from "../../lib/words.ts";
import { rehearse } from "./rehearsal.ts";
import { percent } from "./report.ts";
import { verdict, type Rehearsal } from "./result.ts";
import { FAULTS, type Fault } from "./versions.ts";

const STRATEGIES: readonly DeploymentStrategy[] = ["rolling", "blue-green", "canary", "linear"];

const LOAD = { factor: 60, clients: 20, rate: 150 };

/**
 * Rehearses every strategy of prod with a good version and with each bad one, a line each on stdout. Takes about five
 * minutes. Resolves with the number of rehearsals that ended otherwise than the strategy promises.
 */
export async function rehearseMatrix(): Promise<number> {
  const { factor, clients, rate } = LOAD;
  console.log(`rehearsal of prod, ${clients} clients, ${rate} requests a second, time x${factor}`);
  const titles = ["strategy", "version", "ends", "after", "failed", "while exposed", "lost"];
  console.log(row([...titles, "computed"], ""));
  let wrong = 0;
  for (const strategy of STRATEGIES) {
    const plan = await planInProcess({
      stack: "prod",
      overrides: { deploymentStrategy: strategy, image: "" },
    });
    for (const bad of [undefined, ...FAULTS]) {
      const fault = bad === undefined ? {} : { bad };
      const rehearsal = await rehearse({ plan, root: ROOT, ...LOAD, ...fault });
      const { good } = verdict(rehearsal);
      if (!good) wrong += 1;
      console.log(matrixRow(strategy, bad, rehearsal));
    }
  }
  console.log(
    wrong === 0 ? "  as the strategies promise" : `  ${wrong} not as the strategy promises`,
  );
  return wrong;
}

function matrixRow(strategy: string, bad: Fault | undefined, rehearsal: Rehearsal): string {
  const { failedPercent, lostSeconds, allowedSeconds, good } = verdict(rehearsal);
  const { seen, cause, outcome, seconds, firstTrafficAt } = rehearsal;
  const exposed = firstTrafficAt === undefined ? "no request" : percent(failedPercent);
  return row(
    [
      strategy,
      bad ?? "good",
      outcome,
      clockTime(seconds),
      `${seen.failed}/${seen.sent}`,
      bad === undefined ? "" : exposed,
      bad === undefined ? "" : duration(lostSeconds),
      bad === undefined ? "" : duration(allowedSeconds),
    ],
    `${cause ?? ""}${good ? "" : "   NOT AS PROMISED"}`,
  );
}

const WIDTHS = [11, 14, 12, 8, 10, 15, 12, 12];

function row(cells: readonly string[], end: string): string {
  return `  ${cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join("")}${end}`.trimEnd();
}
