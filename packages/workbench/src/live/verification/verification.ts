import { minute } from "../text.ts";
import { awsErrorKind, awsErrorText } from "./aws-errors.ts";
import type { Clients } from "./clients.ts";
import { observe, type ServiceAddress } from "./ecs-reader.ts";
import { readEvidence } from "./evidence-reader.ts";
import type { FailedState, WaitingFor } from "./judge.ts";
import { primaryRollout, revisionNumber } from "./observation.ts";
import { postMortem } from "./post-mortem.ts";
import { readTiming } from "./timing-reader.ts";
import { failureThreshold } from "../../ecs/restart-policy.ts";
import { deadlineSeconds, duration, rollbackSeconds, stableSeconds } from "../../ecs/timing.ts";
import {
  SYSTEM_CLOCK,
  UnansweredError,
  watch,
  type Clock,
  type Conclusion,
  type Watchable,
} from "./watch.ts";

/** A deployment that is to be verified. */
export interface Subject extends ServiceAddress {
  /** Stack that the commands in messages name. */
  stack: string;
  /** AWS account that the service is in. */
  accountId: string;
  /** ARN of the task definition that was asked for. */
  taskDefinitionArn: string;
}

export type ResultState =
  "succeeded" | "asleep" | "awaiting-approval" | "unanswered" | "wrong-account" | FailedState;

/** What verification found. */
export interface VerificationResult {
  state: ResultState;
  /** Whether the command may go on: the deployment succeeded, sleeps or waits for approval. */
  ok: boolean;
  /** One line where all is well, a post-mortem of several where not. */
  message: string;
  elapsedSeconds: number;
}

export interface VerificationOptions {
  /** @default the system's clock */
  clock?: Clock;
  /** Called when the progress changed, with seconds and text. */
  report?: (elapsedSeconds: number, text: string) => void;
  /** Seconds until the watch ends without a decision. @default - computed from the service's own settings */
  deadlineSeconds?: number | undefined;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/**
 * Finds out whether the deployment that was asked for is the one that runs and stays up, and waits for it.
 * Nothing is changed, but for a deployment that shifts traffic: that is rolled back when its tasks fail before any traffic
 * moved, because ECS has no circuit breaker for it.
 * @throws what AWS throws where verification itself is not possible, such as a missing permission
 */
export async function verify(
  clients: Clients,
  subject: Subject,
  options: VerificationOptions = {},
): Promise<VerificationResult> {
  const account = await callerAccount(clients);
  if (account !== subject.accountId) return wrongAccount(account, subject);
  try {
    const conclusion = await conclude(clients, subject, options);
    return await result(clients, subject, conclusion);
  } catch (error) {
    if (!(error instanceof UnansweredError)) throw error;
    const message = `${error.message}. \`npm run verify -- ${subject.stack}\` asks again.`;
    return { state: "unanswered", ok: false, message, elapsedSeconds: 0 };
  }
}

async function callerAccount({ sts }: Clients): Promise<string> {
  const { Account } = await sts.getCallerIdentity({});
  return Account ?? "unknown";
}

function wrongAccount(account: string, { accountId, stack }: Subject): VerificationResult {
  return {
    state: "wrong-account",
    ok: false,
    message: `the credentials are for account ${account}, but stack ${stack} is in account ${accountId}: nothing was verified. Switch the credentials (AWS_PROFILE) and run \`npm run verify -- ${stack}\`.`,
    elapsedSeconds: 0,
  };
}

async function conclude(
  clients: Clients,
  subject: Subject,
  {
    clock = SYSTEM_CLOCK,
    report = () => undefined,
    now = Date.now,
    ...limits
  }: VerificationOptions,
): Promise<Conclusion> {
  const timing = await readTiming(clients, subject);
  const watchable: Watchable = {
    observe: () => observe(clients, subject, subject.taskDefinitionArn),
    stop: async (serviceDeploymentArn) => {
      await clients.ecs.stopServiceDeployment({ serviceDeploymentArn, stopType: "ROLLBACK" });
    },
  };
  const stable = stableSeconds(timing);
  const wanted = {
    taskDefinition: subject.taskDefinitionArn,
    deadlineSeconds: limits.deadlineSeconds ?? deadlineSeconds(timing) + stable,
    rollbackSeconds: rollbackSeconds(timing),
    failedTaskLimit: failureThreshold(timing.desired),
    stableSeconds: stable,
    settledBefore: now() - stable * 1000,
  };
  return watch(watchable, wanted, clock, report);
}

async function result(
  clients: Clients,
  subject: Subject,
  conclusion: Conclusion,
): Promise<VerificationResult> {
  const { verdict, observation, elapsedSeconds } = conclusion;
  const revision = revisionNumber(subject.taskDefinitionArn);
  const done = (message: string): VerificationResult => ({
    state: verdict.state,
    ok: true,
    message,
    elapsedSeconds,
  });
  switch (verdict.state) {
    case "succeeded": {
      const running = primaryRollout(observation)?.running ?? 0;
      const { healthyTargets } = observation;
      const healthy = healthyTargets === undefined ? "" : `, ${healthyTargets} healthy`;
      const stable =
        verdict.stableSeconds === 0 ? "" : `, stable for ${duration(verdict.stableSeconds)}`;
      return done(
        `revision ${revision} runs: ${running} of ${observation.desired} tasks${healthy}${stable}`,
      );
    }
    case "asleep":
      return done(
        `asleep: revision ${revision} is deployed, but the service has no tasks to verify it with. It starts with the next awake hours, or with \`npm run scale -- ${subject.stack} 1 1 --now\`.`,
      );
    case "awaiting-approval": {
      const { expiresAt, timeoutAction } = verdict.pause;
      const otherwise = timeoutAction === "CONTINUE" ? "it continues" : "it is rolled back";
      const until =
        expiresAt === undefined ? "" : `; without a decision ${otherwise} at ${minute(expiresAt)}`;
      return done(
        `awaiting approval: revision ${revision} waits for \`npm run approve -- ${subject.stack}\` or \`npm run reject -- ${subject.stack}\`${until}`,
      );
    }
    case "rolled-back":
    case "rollback-failed":
    case "stopped":
    case "first-failed":
    case "unstable":
    case "superseded":
    case "undecided":
    case "missing":
      return failure(clients, subject, { ...conclusion, verdict });
  }
}

async function failure(
  clients: Clients,
  subject: Subject,
  conclusion: Conclusion & { verdict: { state: FailedState; for?: WaitingFor } },
): Promise<VerificationResult> {
  const { verdict, observation, elapsedSeconds, stopped } = conclusion;
  const message = postMortem({
    stack: subject.stack,
    serviceName: subject.serviceName,
    asked: subject.taskDefinitionArn,
    state: verdict.state,
    ...(verdict.for === undefined ? {} : { waitingFor: verdict.for }),
    stopped,
    elapsedSeconds,
    observation,
    evidence: await readEvidence(clients, subject, subject.taskDefinitionArn, observation),
  });
  return { state: verdict.state, ok: false, message, elapsedSeconds };
}

/** Why verification itself was not possible, in a sentence. */
export function impossible(error: unknown, stack: string): string {
  const text = awsErrorText(error);
  const kind = awsErrorKind(error);
  if (kind === "denied")
    return `the deployment could not be verified, because the credentials may not ask for it: ${text}. Allow ${ACTIONS.join(", ")}, then run \`npm run verify -- ${stack}\`.`;
  if (kind === "credentials")
    return `the deployment could not be verified, because AWS took no credentials: ${text}. Log in again and run \`npm run verify -- ${stack}\`.`;
  return `the deployment could not be verified: ${text}. Run \`npm run verify -- ${stack}\` to try again.`;
}

/** What verification needs; the load balancer's and the log's are for progress and explanation alone. */
export const ACTIONS: readonly string[] = [
  "ecs:DescribeServices",
  "ecs:ListServiceDeployments",
  "ecs:DescribeServiceDeployments",
  "ecs:DescribeServiceRevisions",
  "ecs:ListTasks",
  "ecs:DescribeTasks",
  "ecs:DescribeTaskDefinition",
  "ecs:StopServiceDeployment",
  "elasticloadbalancing:DescribeTargetHealth",
  "elasticloadbalancing:DescribeTargetGroups",
  "elasticloadbalancing:DescribeTargetGroupAttributes",
  "elasticloadbalancing:DescribeRules",
  "logs:GetLogEvents",
];
