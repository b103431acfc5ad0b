import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  ECRClient,
} from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-ecs";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { localBase, removeFromDocker, run } from "../../../../test/helpers/local-base.ts";
import { startMinistack, type Ministack } from "../../../../test/helpers/ministack.ts";

const REGION = "eu-west-1";
const CLUSTER = "cluster";

/** Serves until it is stopped, or does what its arguments say. */
const APP = `
const [command, code] = process.argv.slice(2);
if (command === "exit") {
  console.log("migrating " + process.env.STACK);
  process.exit(Number(code));
}
console.log("serving on " + process.env.PORT);
process.on("SIGTERM", () => process.exit(0));
setInterval(() => {}, 1000);
`;
const BROKEN_APP = `
console.error("TABLE_NAME is not set");
process.exit(1);
`;

/** ECS, ECR and CloudWatch Logs on this machine: tasks are containers of the Docker daemon, images are really pushed and pulled. */
export class EmulatedAws {
  readonly ecs = new ECSClient({ region: REGION });
  readonly ecr = new ECRClient({ region: REGION });
  readonly #logs = new CloudWatchLogsClient({ region: REGION });
  readonly #ministack: Ministack;

  private constructor(ministack: Ministack) {
    this.#ministack = ministack;
  }

  /** Points the AWS SDK of this process to the emulator. Undefined where the machine has none. */
  static async start(): Promise<EmulatedAws | undefined> {
    const ministack = await startMinistack("ecs,ecr,logs,sts,elasticloadbalancing,ec2,iam");
    if (ministack === undefined) return undefined;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: ministack.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    const aws = new EmulatedAws(ministack);
    await aws.ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    return aws;
  }

  get registry(): string {
    return `127.0.0.1:${this.#ministack.port}`;
  }

  /** Builds an app's image and pushes it into a repository. @returns the image by digest */
  async push(repository: string, tag: string, kind: "good" | "broken"): Promise<string> {
    const context = mkdtempSync(path.join(tmpdir(), "ops-image-"));
    const name = `${this.registry}/${repository}:${tag}`;
    try {
      writeFileSync(path.join(context, "server.js"), kind === "good" ? APP : BROKEN_APP);
      writeFileSync(
        path.join(context, "Dockerfile"),
        `FROM ${localBase()}\nENV PATH=/nodejs/bin\nWORKDIR /app\nCOPY server.js .\nENTRYPOINT ["node"]\n`,
      );
      run("docker", ["build", "-q", "-t", name, context]);
      run("docker", ["push", "-q", name]);
    } finally {
      rmSync(context, { recursive: true, force: true });
    }
    const images = await this.images(repository);
    const digest = images.find(({ tags }) => tags.includes(tag))?.digest ?? "";
    return `${this.registry}/${repository}@${digest}`;
  }

  async createRepository(name: string): Promise<void> {
    await this.ecr.send(new CreateRepositoryCommand({ repositoryName: name }));
  }

  async images(repository: string): Promise<{ digest: string; tags: string[] }[]> {
    const { imageDetails = [] } = await this.ecr.send(
      new DescribeImagesCommand({ repositoryName: repository }),
    );
    return imageDetails.map(({ imageDigest = "", imageTags = [] }) => ({
      digest: imageDigest,
      tags: imageTags.toSorted(),
    }));
  }

  async deleteImage(repository: string, digest: string): Promise<void> {
    await this.ecr.send(
      new BatchDeleteImageCommand({
        repositoryName: repository,
        imageIds: [{ imageDigest: digest }],
      }),
    );
  }

  /** Makes the service of a stack, as the program would. @returns the stack's outputs */
  async createService(stack: string, image: string): Promise<Record<string, unknown>> {
    await this.#logs.send(new CreateLogGroupCommand({ logGroupName: `log-${stack}` }));
    const taskDefinition = await this.#register(stack, image);
    await this.ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: `api-${stack}`,
        taskDefinition,
        desiredCount: 1,
        launchType: "FARGATE",
        networkConfiguration: { awsvpcConfiguration: { subnets: ["subnet-1"] } },
        deploymentConfiguration: {
          deploymentCircuitBreaker: { enable: true, rollback: true },
          minimumHealthyPercent: 100,
          maximumPercent: 200,
        },
      }),
    );
    return this.#outputs(stack, taskDefinition);
  }

  /** Deploys an image to the service of a stack, as `pulumi up` would. @returns the stack's outputs */
  async deploy(stack: string, image: string): Promise<Record<string, unknown>> {
    const taskDefinition = await this.#register(stack, image);
    await this.ecs.send(
      new UpdateServiceCommand({ cluster: CLUSTER, service: `api-${stack}`, taskDefinition }),
    );
    return this.#outputs(stack, taskDefinition);
  }

  #outputs(stack: string, taskDefinitionArn: string): Record<string, unknown> {
    return {
      clusterName: CLUSTER,
      serviceName: `api-${stack}`,
      taskDefinitionArn,
      logGroupName: `log-${stack}`,
      repositoryUrl: `${this.registry}/${stack}`,
    };
  }

  async #register(stack: string, image: string): Promise<string> {
    const { taskDefinition } = await this.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: `api-${stack}`,
        networkMode: "awsvpc",
        requiresCompatibilities: ["FARGATE"],
        cpu: "256",
        memory: "512",
        containerDefinitions: [
          {
            name: "app",
            image,
            essential: true,
            entryPoint: ["node"],
            command: ["server.js"],
            environment: [
              { name: "PORT", value: "8080" },
              { name: "STACK", value: stack },
            ],
            logConfiguration: {
              logDriver: "awslogs",
              options: {
                "awslogs-group": `log-${stack}`,
                "awslogs-region": REGION,
                "awslogs-stream-prefix": "app",
              },
            },
          },
        ],
      }),
    );
    return taskDefinition?.taskDefinitionArn ?? "";
  }

  async stop(stacks: readonly string[]): Promise<void> {
    for (const stack of stacks)
      await this.ecs
        .send(
          new UpdateServiceCommand({ cluster: CLUSTER, service: `api-${stack}`, desiredCount: 0 }),
        )
        .catch(() => undefined);
    const { taskArns = [] } = await this.ecs.send(new ListTasksCommand({ cluster: CLUSTER }));
    for (const task of taskArns)
      await this.ecs.send(new StopTaskCommand({ cluster: CLUSTER, task })).catch(() => undefined);
    await this.#ministack.stop();
    removeFromDocker(this.registry);
  }
}
