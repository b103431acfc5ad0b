import { deploymentArn, STARTED, taskDefinition, type World } from "./verification/answers.ts";
import type { Answers } from "./verification/stub.ts";
import { digest, repositoryOf } from "./harness.ts";

export const OLD = { revision: 42, running: 3 };
export const GOOD: World = {
  deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 }, source: OLD },
};

/** A blue/green deployment that waits for a decision. */
export const PAUSED: World = {
  strategy: "BLUE_GREEN",
  primary: 43,
  deployment: {
    status: "IN_PROGRESS",
    stage: "POST_SCALE_UP",
    target: { revision: 43, running: 3, weight: 0 },
    source: { ...OLD, weight: 100 },
    hooks: [{ hookId: "pause-1", targetType: "PAUSE", status: "AWAITING_ACTION" }],
  },
};

/** Revision 43 runs image a, 42 (b) was rolled back, 41 ran a too, 40 ran c. */
const PAST: [number, string, string][] = [
  [43, "SUCCESSFUL", "a"],
  [42, "ROLLBACK_SUCCESSFUL", "b"],
  [41, "SUCCESSFUL", "a"],
  [40, "SUCCESSFUL", "c"],
];
const at = (revision: number): Date => new Date(STARTED.getTime() + (revision - 39) * 60_000);
export const imageOfRevision = (revision: number): string | undefined => {
  const letter = PAST.find(([number]) => number === revision)?.[2];
  return letter === undefined ? undefined : `${repositoryOf("prod")}@${digest(letter)}`;
};
export const historyAnswers: Answers = {
  ListServiceDeployments: {
    serviceDeployments: PAST.map(([revision, status]) => ({
      serviceDeploymentArn: deploymentArn(revision),
      targetServiceRevisionArn: `revision/${revision}`,
      createdAt: at(revision),
      status,
    })).toReversed(),
  },
  DescribeServiceRevisions: ({ serviceRevisionArns }: { serviceRevisionArns: string[] }) => ({
    serviceRevisions: serviceRevisionArns.map((serviceRevisionArn) => {
      // Of the newest deployment by its own name, of those of the past by ours.
      const revision = serviceRevisionArn.startsWith("revision/")
        ? Number(serviceRevisionArn.slice(9))
        : Number(serviceRevisionArn.slice(-4)) - 4000;
      const [image, imageDigest] = (imageOfRevision(revision) ?? "").split("@");
      return {
        serviceRevisionArn,
        taskDefinition: taskDefinition(revision),
        containerImages: [{ containerName: "app", image, imageDigest }],
      };
    }),
  }),
};
