import { expect } from "chai";
import fc from "fast-check";
import type { Wanted } from "../../../src/live/verification/judge.ts";
import type { Observation } from "../../../src/live/verification/observation.ts";
import { watch, type Conclusion } from "../../../src/live/verification/watch.ts";
import { FakeClock } from "./stub.ts";

/** What one look at the service finds. */
interface Moment {
  desired: number;
  running: number;
  healthy: number;
  /** Tasks that have failed since the look before. */
  failed: number;
  /** Tasks that scale-in or Spot took since then. They are no failures. */
  taken: number;
}

/** A life of a rolling deployment. The last look repeats itself, without further failures. */
interface Life {
  moments: readonly Moment[];
  /** Looks for which the list of deployments shows the one before, of the same task definition. */
  late: number;
  /** Looks after which ECS is done; 0 where it was before the first. */
  doneAfter: number;
  rolledBack: boolean;
  /** Seconds for which it had been done at the first look, where it was. */
  doneForSeconds: number;
}

interface Look extends Moment {
  seconds: number;
  late: boolean;
  done: boolean;
}

const WANTED: Omit<Wanted, "settledBefore"> = {
  taskDefinition: "api:43",
  deadlineSeconds: 400,
  rollbackSeconds: 200,
  failedTaskLimit: 3,
  stableSeconds: 75,
};
/** Milliseconds since 1970 of the first look. */
const START = 1_800_000_000_000;
const HOUR = 3_600_000;

/** Runs the real watch through a life, and keeps what it saw. */
async function live(life: Life): Promise<{ conclusion: Conclusion; looks: Look[]; stops: number }> {
  const clock = new FakeClock();
  const looks: Look[] = [];
  const failures: { id: string; stoppedAt: number }[] = [];
  let stops = 0;
  let doneAt: number | undefined;
  const observe = (): Promise<Observation> => {
    const index = looks.length;
    const moment = life.moments[index] ?? { ...last(life.moments), failed: 0, taken: 0 };
    const now = START + clock.milliseconds;
    const look: Look = {
      ...moment,
      seconds: clock.seconds,
      late: index < life.late,
      done: index >= life.doneAfter,
    };
    looks.push(look);
    if (look.done) doneAt ??= now - (life.doneAfter === 0 ? life.doneForSeconds * 1000 : 0);
    for (let n = 0; n < moment.failed; n += 1)
      failures.push({ id: `${index}-${n}`, stoppedAt: now });
    return Promise.resolve(observation(look, life, failures, doneAt));
  };
  const stop = (): Promise<void> => Promise.resolve(void (stops += 1));
  const settledBefore = START - WANTED.stableSeconds * 1000;
  const conclusion = await watch({ observe, stop }, { ...WANTED, settledBefore }, clock, () => {
    // Progress is told elsewhere.
  });
  return { conclusion, looks, stops };
}

const last = (moments: readonly Moment[]): Moment =>
  moments.at(-1) ?? { desired: 1, running: 1, healthy: 1, failed: 0, taken: 0 };

function observation(
  { desired, running, healthy, late, done }: Look,
  { rolledBack }: Life,
  failures: Observation["failures"],
  doneAt: number | undefined,
): Observation {
  const gone = rolledBack && done && !late;
  const side = (id: string, revision: number) => ({
    id,
    taskDefinition: `api:${revision}`,
    requested: desired,
    running,
    pending: 0,
  });
  const before = { source: side("1", 42), createdAt: START - 9 * HOUR };
  const common = { arn: "d", triggeredAlarms: [], shiftsTraffic: false };
  return {
    active: true,
    desired,
    running,
    pending: 0,
    rollouts: [
      {
        id: gone ? "2" : "3",
        createdAt: START - HOUR / 2,
        status: "PRIMARY",
        taskDefinition: gone ? "api:42" : "api:43",
        state: done ? "COMPLETED" : "IN_PROGRESS",
        desired,
        running,
      },
    ],
    deployment: late
      ? {
          ...common,
          ...before,
          status: "SUCCESSFUL",
          finishedAt: START - 8 * HOUR,
          target: side("2", 43),
        }
      : {
          ...common,
          createdAt: START - HOUR / 2,
          status: done ? (rolledBack ? "ROLLBACK_SUCCESSFUL" : "SUCCESSFUL") : "IN_PROGRESS",
          ...(doneAt === undefined ? {} : { finishedAt: doneAt }),
          target: side("3", 43),
          source: side("2", 42),
        },
    failures: [...failures],
    healthyTargets: healthy,
  };
}

/**
 * What the watch has to say, by the definition alone: each look is judged from all the looks up to it, without anything
 * that is carried from one to the next.
 */
function oracle(looks: readonly Look[], life: Life): string {
  for (const [index, look] of looks.entries()) {
    const said = decision(looks.slice(0, index + 1), look, life);
    if (said !== undefined) return said;
  }
  return "no end";
}

function decision(looks: readonly Look[], look: Look, life: Life): string | undefined {
  if (look.late && look.seconds < 60) return undefined;
  const over = look.seconds >= WANTED.deadlineSeconds;
  if (!look.late && look.done && life.rolledBack) return "rolled-back";
  if (look.desired === 0) return "asleep";
  if (!look.done) return over ? "undecided" : undefined;
  const complete = (l: Look): boolean => l.running >= l.desired && l.healthy >= l.desired;
  const faultless = (l: Look): boolean => complete(l) && (l === looks[0] || l.failed === 0);
  const failedAtAll = looks.some((l) => l.failed > 0);
  // Some look lies so far back that it and all later ones had everything.
  const proved = looks.some(
    (l, from) =>
      look.seconds - l.seconds >= WANTED.stableSeconds && looks.slice(from).every(faultless),
  );
  const old = !look.late && life.doneAfter === 0 && life.doneForSeconds > WANTED.stableSeconds;
  if (proved || (old && looks.every(faultless) && !failedAtAll)) return "succeeded";
  // Without the end of the deployment on record, a crash is what fails after a look that found it done.
  const since = looks.filter((l, at) => (look.late ? looks[at - 1]?.done === true : l.done));
  const crashes = since.reduce((sum, l) => sum + l.failed, 0);
  if (!faultless(look) && crashes >= WANTED.failedTaskLimit) return "unstable";
  if (!over) return undefined;
  return crashes > 0 ? "unstable" : "undecided";
}

const moment: fc.Arbitrary<Moment> = fc.record({
  desired: fc.constantFrom(0, 1, 2, 3, 3, 3, 3),
  running: fc.constantFrom(0, 1, 2, 3, 3, 3, 3),
  healthy: fc.constantFrom(0, 1, 2, 3, 3, 3, 3),
  failed: fc.constantFrom(0, 0, 0, 0, 0, 1, 2),
  taken: fc.constantFrom(0, 0, 1),
});
const good: fc.Arbitrary<Moment> = fc.record({
  desired: fc.constantFrom(1, 2, 3),
  running: fc.constant(3),
  healthy: fc.constantFrom(3, 4),
  failed: fc.constantFrom(...Array.from({ length: 30 }, () => 0), 1),
  taken: fc.constantFrom(0, 1),
});
/** Wild, calm, or wild and then calm: sequences that are only wild never come to a success. */
const moments = fc
  .tuple(fc.array(moment, { maxLength: 12 }), fc.array(good, { maxLength: 40 }))
  .map(([wild, calm]) => [...wild, ...calm])
  .filter(({ length }) => length > 0);
const life: fc.Arbitrary<Life> = fc.record({
  moments,
  late: fc.constantFrom(0, 0, 1, 2, 5, 14),
  doneAfter: fc.constantFrom(0, 0, 1, 3, 10, 20),
  rolledBack: fc.constantFrom(false, false, false, true),
  doneForSeconds: fc.constantFrom(0, 30, 75, 76, 3600),
});

describe("watch, for any course of a deployment", function () {
  it("ends as the definition of success says, and never stops a rolling deployment", async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(life, async (course) => {
        const { conclusion, looks, stops } = await live(course);
        const { state } = conclusion.verdict;
        seen.set(state, (seen.get(state) ?? 0) + 1);
        expect(state).to.equal(oracle(looks, course));
        expect(stops).to.equal(0);
      }),
      { numRuns: 3000 },
    );
    // A property that only ever met one end would say nothing about the others.
    expect([...seen.keys()].toSorted()).to.deep.equal([
      "asleep",
      "rolled-back",
      "succeeded",
      "undecided",
      "unstable",
    ]);
  });
});
