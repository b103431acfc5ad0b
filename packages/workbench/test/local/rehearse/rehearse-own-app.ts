import { expect } from "chai";
import { ROOT } from "../../../src/local/session.ts";
import { frozenFileWithApp, planFrozen } from "../../../../../test/helpers/frozen.ts";
import { rehearse } from "../../../src/local/rehearse/rehearsal.ts";
import { counts, type Rehearsal } from "../../../src/local/rehearse/result.ts";
import type { Fault } from "../../../src/local/rehearse/versions.ts";

/** Rehearses the app of this repository: a minute of prod lasts a second. */
export async function run(
  strategy: string,
  bad?: Fault,
  config = {},
  tasks = 2,
): Promise<Rehearsal> {
  const plan = await planFrozen({
    stack: "prod",
    file: frozenFileWithApp("prod"),
    overrides: {
      deploymentStrategy: strategy,
      bakeTimeMinutes: "1",
      // A machine that is busy with other tests is no slow version.
      maxLatencyMilliseconds: "5000",
      ...config,
    },
  });
  return rehearse({
    plan,
    root: ROOT,
    factor: 60,
    clients: 8,
    rate: 100,
    tasks,
    ...(bad === undefined ? {} : { bad }),
  });
}

/** Who fails what: the old version nothing. */
export function expectOldWhole({ samples }: Rehearsal): void {
  const by = counts(samples);
  expect([by.old.failed, by.none.requests]).to.deep.equal([0, 0]);
  expect(by.old.requests).to.be.above(10);
}
