import { alarmSeconds } from "./detection.ts";
import { duration } from "../../lib/words.ts";
import type { RolloutInputs } from "./inputs.ts";
import type { RollbackAlarm } from "./rollback-alarms.ts";

/**
 * What has to hold so that a deployment loses no request, as sentences on what does not. `config.ts` refuses most of
 * this for stack files; here it is read off the resources, so that a mistake in a component shows too.
 */
export function brokenInvariants(inputs: RolloutInputs): string[] {
  const { check, idleTimeoutSeconds: idle, stopTimeoutSeconds: stop } = inputs;
  const { keepAliveSeconds, shutdownDeadlineSeconds, drainDelaySeconds } = inputs;
  const { requestTimeoutSeconds, deregistrationDelaySeconds: delay } = inputs;
  const rolling = inputs.strategy === "rolling";
  const problems: (string | false)[] = [
    keepAliveSeconds !== undefined &&
      keepAliveSeconds <= idle &&
      `KEEP_ALIVE_TIMEOUT_SECONDS is ${keepAliveSeconds}, not above the load balancer's idle timeout of ${idle} s: the app would close connections that are just being reused, which is a 502. Raise it above ${idle}.`,
    shutdownDeadlineSeconds !== undefined &&
      shutdownDeadlineSeconds >= stop &&
      `SHUTDOWN_DEADLINE_SECONDS is ${shutdownDeadlineSeconds}, not below the stop timeout of ${stop} s: a task would be killed before it has ended by itself. Lower it or raise stopTimeoutSeconds.`,
    drainDelaySeconds !== undefined &&
      drainDelaySeconds >= (shutdownDeadlineSeconds ?? stop) &&
      `DRAIN_DELAY_SECONDS is ${drainDelaySeconds}, not below the app's shutdown deadline of ${shutdownDeadlineSeconds ?? stop} s: a task would be killed while it still serves. Lower drainDelaySeconds.`,
    requestTimeoutSeconds !== undefined &&
      delay < requestTimeoutSeconds &&
      `deregistrationDelaySeconds is ${delay}, below requestTimeoutSeconds (${requestTimeoutSeconds}): a deployment would cut the longest requests. Raise it or lower requestTimeoutSeconds.`,
    check.timeoutSeconds >= check.intervalSeconds &&
      `healthCheckTimeoutSeconds is ${check.timeoutSeconds}, not below healthCheckIntervalSeconds (${check.intervalSeconds}): a check would still wait when the next is due. Lower it.`,
    rolling &&
      inputs.minimumHealthyPercent < 100 &&
      `deploymentMinimumHealthyPercent is ${inputs.minimumHealthyPercent}: a deployment would run on fewer tasks than the service needs. Set it to 100.`,
    rolling &&
      inputs.maximumPercent < 200 &&
      `deploymentMaximumPercent is ${inputs.maximumPercent}: tasks would be replaced in batches, or not at all. Set it to 200.`,
    rolling &&
      !inputs.circuitBreaker &&
      "The deployment circuit breaker is off: a rolling deployment whose tasks crash would go on for hours. Enable it with rollback.",
    ...lateAlarms(inputs),
  ];
  return problems.filter((problem) => problem !== false);
}

/** Alarms that would fire only after the strategy has given up watching. */
function lateAlarms(inputs: RolloutInputs): (string | false)[] {
  const seconds = (alarm: RollbackAlarm): number => alarmSeconds(alarm, inputs);
  const [slowest] = inputs.alarms.toSorted((a, b) => seconds(b) - seconds(a));
  if (slowest === undefined || inputs.strategy === "rolling") return [];
  const needed = seconds(slowest);
  const late = (key: string, watched: number, consequence: string): string | false =>
    watched < needed &&
    `${key} is ${watched / 60}, but the alarm ${slowest.name} takes up to ${duration(needed)}: ${consequence}. Set it to ${Math.ceil(needed / 60)}.`;
  return [
    inputs.strategy === "canary" &&
      late(
        "canaryBakeTimeMinutes",
        inputs.canaryBakeSeconds,
        "a bad version could get all traffic before it fires",
      ),
    late("bakeTimeMinutes", inputs.bakeSeconds, "the old version could be gone before it fires"),
  ];
}
