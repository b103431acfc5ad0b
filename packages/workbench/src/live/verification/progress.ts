import type { Verdict } from "./judge.ts";
import { primaryRollout, type Observation, type RevisionState } from "./observation.ts";
import { duration } from "../../ecs/timing.ts";

/** Stages of a service deployment. Source: AWS, "Lifecycle stages for Amazon ECS service deployments", Developer Guide. */
const STAGES: Readonly<Record<string, string>> = {
  RECONCILE_SERVICE: "preparing",
  PRE_SCALE_UP: "before the start of tasks",
  SCALE_UP: "starting tasks",
  POST_SCALE_UP: "tasks started",
  TEST_TRAFFIC_SHIFT: "shifting test traffic",
  POST_TEST_TRAFFIC_SHIFT: "test traffic shifted",
  PRE_PRODUCTION_TRAFFIC_SHIFT: "before traffic",
  PRODUCTION_TRAFFIC_SHIFT: "shifting traffic",
  POST_PRODUCTION_TRAFFIC_SHIFT: "traffic shifted",
  BAKE_TIME: "baking",
  CLEAN_UP: "cleaning up",
};

/** `baking: 3 of 3 tasks running, 3 healthy, 10 % of traffic`. The same text as long as nothing changed. */
export function progressText(observation: Observation, verdict: Verdict): string {
  if (verdict.state === "waiting" && verdict.for === "visible")
    return "waiting for ECS to show the deployment";
  const { deployment } = observation;
  const primary = primaryRollout(observation);
  const live = { running: primary?.running ?? 0, requested: observation.desired };
  const target: Pick<RevisionState, "running" | "requested" | "trafficPercent"> =
    deployment === undefined || isStability(verdict) ? live : deployment.target;
  const failed = observation.failures.length;
  const parts = [
    `${target.running} of ${target.requested} tasks running`,
    ...(observation.healthyTargets === undefined ? [] : [`${observation.healthyTargets} healthy`]),
    ...(target.trafficPercent === undefined ? [] : [`${target.trafficPercent} % of traffic`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ];
  return `${stage(observation, verdict)}: ${parts.join(", ")}`;
}

function stage({ deployment }: Observation, verdict: Verdict): string {
  if (verdict.state === "stop" || (verdict.state === "waiting" && verdict.for === "rollback"))
    return "rolling back";
  if (isStability(verdict)) return "deployed, watching that it stays up";
  return STAGES[deployment?.stage ?? ""] ?? "deploying";
}

const isStability = (verdict: Verdict): boolean =>
  verdict.state === "waiting" && verdict.for === "stability";

/** The text with the time that has passed, right-aligned: ` 42 s  deploying: ...`. */
export function progressLine(elapsedSeconds: number, text: string): string {
  return `${duration(elapsedSeconds).padStart(7)}  ${text}`;
}
