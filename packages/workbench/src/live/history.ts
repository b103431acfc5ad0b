import type { ECS } from "@aws-sdk/client-ecs";
import {
  describeRevisions,
  listDeployments,
  type ServiceAddress,
} from "./verification/ecs-reader.ts";
import { excused, isNamed } from "../lib/excused.ts";
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
  address: ServiceAddress,
  count = SHOWN,
): Promise<PastDeployment[]> {
  const newest = (await listDeployments({ ecs }, address)).slice(0, Math.min(count, SHOWN));
  const arns = newest.flatMap(({ targetServiceRevisionArn }) => targetServiceRevisionArn ?? []);
  const revisions = await describeRevisions({ ecs }, arns);
  return newest.flatMap((deployment) => {
    const revision = revisions.get(deployment.targetServiceRevisionArn ?? "");
    if (revision?.taskDefinition === undefined) return [];
    const image = ownContainer(
      revision.containerImages?.map((own) => ({ ...own, name: own.containerName })),
      address.containerName,
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
  const answer = await ecs
    .describeTaskDefinition({ taskDefinition })
    // ECS's answer to a task definition that does not exist.
    .catch(excused(isNamed("ClientException"), undefined));
  return ownContainer(answer?.taskDefinition?.containerDefinitions, containerName)?.image;
}

/** `arn:...:task-definition/api:42` and revision 41 -> `arn:...:task-definition/api:41`. */
export function otherRevision(taskDefinition: string, revision: number | string): string {
  return `${taskDefinition.slice(0, taskDefinition.lastIndexOf(":"))}:${revision}`;
}
