export interface FailedRunsArgs {
  clusterArn: string;
  /** ARN of the task definition without its revision. */
  taskDefinition: string;
  /** Name of the container that does the work. */
  container: string;
}

/**
 * Event pattern of a task's runs that did not do their work: ended with another exit code than 0, or ended otherwise than by themselves,
 * such as for want of their image or a secret. How a side-car ends says nothing: conditions on an array's objects have to hold of the same one.
 * Sources: AWS, "Amazon ECS task state change events"; Amazon ECS API, Task, stopCode; aws/event-ruler, ACFinder.
 *
 * Keys are in the alphabet's order, as the provider writes them back: Terraform AWS provider, internal/service/events/rule.go.
 */
export const failedRuns = ({ clusterArn, taskDefinition, container }: FailedRunsArgs): string =>
  JSON.stringify({
    detail: {
      $or: [
        { containers: { exitCode: [{ "anything-but": [0] }], name: [container] } },
        { stopCode: [{ "anything-but": ["EssentialContainerExited"] }] },
      ],
      clusterArn: [clusterArn],
      lastStatus: ["STOPPED"],
      taskDefinitionArn: [{ prefix: `${taskDefinition}:` }],
    },
    "detail-type": ["ECS Task State Change"],
    source: ["aws.ecs"],
  });
