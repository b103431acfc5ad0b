import { excused } from "../../lib/excused.ts";
import { awsErrorKind, awsErrorText } from "./aws-errors.ts";
import { judge, type Verdict, type Wanted } from "./judge.ts";
import type { Observation } from "./observation.ts";
import { progressText } from "./progress.ts";
import { remember, type Memory } from "./stability.ts";

export interface Clock {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

export const SYSTEM_CLOCK: Clock = {
  now: () => performance.now(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

/** What the watch asks and does. */
export interface Watchable {
  observe(): Promise<Observation>;
  /** Asks ECS to stop a deployment and roll it back. */
  stop(deploymentArn: string): Promise<void>;
}

/** How a watch ended. */
export interface Conclusion {
  verdict: Exclude<Verdict, { state: "waiting" | "stop" }>;
  observation: Observation;
  elapsedSeconds: number;
  /** Whether the watch asked for a rollback. */
  stopped: boolean;
}

/** ECS did not answer for so long that nothing can be said. */
export class UnansweredError extends Error {}

/** Quick at first, when most happens, and within the rate that ECS allows: it refills about one call a second. */
const POLL_SECONDS = 5;
const LATER_POLL_SECONDS = 15;
const LATER_AFTER_SECONDS = 120;

const FIRST_BACK_OFF_SECONDS = 5;
const LONGEST_BACK_OFF_SECONDS = 60;
/** A service or connection with a bad moment gets so many tries in a row. */
const PASSING_ERRORS = 5;

/**
 * Asks until there is a verdict, and rolls a deployment back that shifts traffic and fails.
 * @param report - called when the progress changed, with seconds and text
 * @throws UnansweredError when ECS throttles or fails until the deadline; other errors of AWS as they are
 */
export async function watch(
  subject: Watchable,
  wanted: Wanted,
  clock: Clock,
  report: (elapsedSeconds: number, text: string) => void,
): Promise<Conclusion> {
  const began = clock.now();
  const elapsed = (): number => (clock.now() - began) / 1000;
  const ask = patient(clock, elapsed, wanted.deadlineSeconds + wanted.rollbackSeconds);
  let memory: Memory | undefined;
  let stoppedAtSeconds: number | undefined;
  let shown = "";
  for (;;) {
    const observation = await ask(() => subject.observe());
    memory = remember(memory, observation, wanted.taskDefinition, elapsed());
    const verdict = judge(observation, wanted, {
      elapsedSeconds: elapsed(),
      memory,
      ...(stoppedAtSeconds === undefined ? {} : { stoppedAtSeconds }),
    });
    const unanswerable = lackingHealth(observation, verdict);
    if (unanswerable !== undefined) throw unanswerable;
    if (verdict.state === "waiting" || verdict.state === "stop") {
      const text = progressText(observation, verdict);
      if (text !== shown) report(elapsed(), text);
      shown = text;
    }
    if (verdict.state === "stop") {
      const arn = observation.deployment?.arn ?? "";
      await ask(() => stopOnce(subject, arn));
      stoppedAtSeconds = elapsed();
    } else if (verdict.state !== "waiting") {
      const stopped = stoppedAtSeconds !== undefined;
      return { verdict, observation, elapsedSeconds: elapsed(), stopped };
    }
    const seconds = elapsed() < LATER_AFTER_SECONDS ? POLL_SECONDS : LATER_POLL_SECONDS;
    await clock.sleep(seconds * 1000);
  }
}

/** Why all that is missing will not come. A failure needs no target health, and no success goes without. */
function lackingHealth({ healthError }: Observation, verdict: Verdict): Error | undefined {
  const needed = verdict.state === "waiting" && verdict.for === "stability";
  return needed && awsErrorKind(healthError) !== "passing" ? healthError : undefined;
}

/** A deployment that ended, or began to roll back by itself, in the meantime needs no stop. */
async function stopOnce(subject: Watchable, arn: string): Promise<void> {
  await subject.stop(arn).catch(excused(hasEnded, undefined));
}

const hasEnded = (error: unknown): boolean =>
  error instanceof Error && /^(Conflict|ServiceDeploymentNotFound)/.test(error.name);

type Ask = <T>(question: () => Promise<T>) => Promise<T>;

/** Backs off while ECS throttles, and forgives errors that pass. */
function patient(clock: Clock, elapsed: () => number, limitSeconds: number): Ask {
  return async (question) => {
    let wait = FIRST_BACK_OFF_SECONDS;
    for (let passing = 0; ; wait = Math.min(wait * 2, LONGEST_BACK_OFF_SECONDS)) {
      try {
        return await question();
      } catch (error) {
        const kind = awsErrorKind(error);
        if (kind === "passing") passing += 1;
        else if (kind !== "throttled") throw error;
        if (passing >= PASSING_ERRORS || elapsed() + wait > limitSeconds)
          throw new UnansweredError(
            `ECS gave no answer, so nothing can be said about the deployment: ${awsErrorText(error)}`,
            { cause: error },
          );
        await clock.sleep(wait * 1000);
      }
    }
  };
}
