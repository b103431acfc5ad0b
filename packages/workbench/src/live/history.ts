import type { ECS, ServiceDeploymentBrief } from "@aws-sdk/client-ecs";
import {
  describeRevisions,
  isUnsupported,
  type ServiceAddress,
} from "./verification/ecs-reader.ts";
import { ownContainer } from "../ecs/own-container.ts";
import { revisionNumber } from "./verification/observation.ts";

/** A deployment of the past. */
export interface PastDeployment {
  /** Number of the task definition. */
  revision: string;
  /** Such as `SUCCESSFUL` or `ROLLBACK_SUCCESSFUL`. */
  status: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Image of the app; absent when the task definition is gone. */
  image?: string;
}

/** ECS describes 20 revisions at a time. */
const SHOWN = 20;

/** The newest deployments of the last 90 days, newest first: ECS keeps them no longer. */
export async function deploymentHistory(
  ecs: ECS,
  { clusterName, serviceName, containerName }: ServiceAddress,
  count = SHOWN,
): Promise<PastDeployment[]> {
  const listed = await listDeployments(ecs, clusterName, serviceName);
  const newest = listed
    .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
    .slice(0, Math.min(count, SHOWN));
  const arns = newest.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? []);
  const revisions = await describeRevisions({ ecs }, arns);
  return newest.flatMap((deployment) => {
    const revision = revisions.get(deployment.targetServiceRevisionArn ?? "");
    if (revision?.taskDefinition === undefined) return [];
    const image = ownContainer(
      revision.containerImages?.map((own) => ({ ...own, name: own.containerName })),
      containerName,
    );
    const named = withDigest(image?.image, image?.imageDigest);
    return [
      {
        revision: revisionNumber(revision.taskDefinition),
        status: deployment.status ?? "UNKNOWN",
        at: (deployment.finishedAt ?? deployment.createdAt)?.getTime() ?? 0,
        ...(named === undefined ? {} : { image: named }),
      },
    ];
  });
}

async function listDeployments(
  ecs: ECS,
  cluster: string,
  service: string,
): Promise<ServiceDeploymentBrief[]> {
  try {
    const answer = await ecs.listServiceDeployments({ cluster, service });
    return answer.serviceDeployments ?? [];
  } catch (error) {
    if (isUnsupported(error)) return [];
    throw error;
  }
}

/** A revision of a task definition, of which no deployment is on record. */
export interface PastRevision {
  revision: string;
  image: string;
}

/** How far back the revisions are looked through. */
const LOOKED_THROUGH = 30;

/**
 * The newest revision before one with another image. The second source where ECS has no deployments on record: it keeps
 * revisions for as long as nobody deletes them, but not whether they ran well.
 * @param taskDefinition - ARN
 */
export async function revisionBefore(
  ecs: ECS,
  taskDefinition: string,
  image: string | undefined,
  address: Pick<ServiceAddress, "containerName">,
): Promise<PastRevision | undefined> {
  const family = taskDefinition.slice(taskDefinition.lastIndexOf("/") + 1).replace(/:\d+$/, "");
  const answer = await ecs.listTaskDefinitions({
    familyPrefix: family,
    status: "ACTIVE",
    sort: "DESC",
  });
  const number = (arn: string): number => Number(revisionNumber(arn));
  const before = (answer.taskDefinitionArns ?? [])
    .filter((arn) => number(arn) < number(taskDefinition))
    .slice(0, LOOKED_THROUGH);
  for (const arn of before) {
    const other = await imageOf(ecs, arn, address);
    if (other !== undefined && other !== image)
      return { revision: revisionNumber(arn), image: other };
  }
  return undefined;
}

/** ECS says which digest a tag meant when it was deployed. */
function withDigest(image: string | undefined, digest: string | undefined): string | undefined {
  if (image === undefined || digest === undefined || image.includes("@")) return image;
  return `${image}@${digest}`;
}

/** The app's image in a task definition. @param taskDefinition - ARN, or `family:revision` */
export async function imageOf(
  ecs: ECS,
  taskDefinition: string,
  { containerName }: Pick<ServiceAddress, "containerName">,
): Promise<string | undefined> {
  try {
    const answer = await ecs.describeTaskDefinition({ taskDefinition });
    return ownContainer(answer.taskDefinition?.containerDefinitions, containerName)?.image;
  } catch (error) {
    // ECS's answer to a task definition that does not exist.
    if (error instanceof Error && error.name === "ClientException") return undefined;
    throw error;
  }
}

/** `arn:...:task-definition/api:42` and revision 41 -> `arn:...:task-definition/api:41`. */
export function otherRevision(taskDefinition: string, revision: number | string): string {
  return `${taskDefinition.slice(0, taskDefinition.lastIndexOf(":"))}:${revision}`;
}
