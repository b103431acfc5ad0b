/**
 * The resources that a request passes on its way, made for real in an emulator of AWS: image, tasks, load balancer, log.
 * Everything else keeps the outputs that the offline plan invents.
 */
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  DescribeLogGroupsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
  CreateRepositoryCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
} from "@aws-sdk/client-ecr";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  ECSClient,
  ListClustersCommand,
  ListServicesCommand,
  RegisterTaskDefinitionCommand,
  UpdateServiceCommand,
  type ContainerDefinition,
  type CreateServiceCommandInput,
} from "@aws-sdk/client-ecs";
import { removeFromDocker, run } from "../helpers/local-base.ts";
import { EmulatedBalancer } from "./balancer.ts";
import { physical } from "./names.ts";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource as its provider tells it: its id, and outputs beside its inputs. */
export interface Made {
  id: string;
  outputs: Properties;
}

/** A resource that was made before. */
export interface Known extends Made {
  inputs: Properties;
}

interface Kind {
  /** @param name - physical name, of what has one */
  create(name: string, inputs: Properties): Promise<Made>;
  /** @default - created anew, as a new revision is; the one before stays */
  update?(known: Known, inputs: Properties): Promise<Made>;
  delete(known: Known): Promise<unknown>;
}

export interface EmulatedCloudArgs {
  /** URL of the emulator, which is its registry too. */
  endpoint: string;
  region: string;
  /** Local image that stands for the base image, which would have to be pulled. */
  baseImage: string;
}

export class EmulatedCloud {
  readonly balancer: EmulatedBalancer;
  readonly #args: EmulatedCloudArgs;
  readonly #ecs: ECSClient;
  readonly #ecr: ECRClient;
  readonly #logs: CloudWatchLogsClient;
  readonly #kinds: Readonly<Record<string, Kind>>;

  constructor(args: EmulatedCloudArgs) {
    const client = {
      region: args.region,
      endpoint: args.endpoint,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    };
    this.#args = args;
    this.#ecs = new ECSClient(client);
    this.#ecr = new ECRClient(client);
    this.#logs = new CloudWatchLogsClient(client);
    this.balancer = new EmulatedBalancer(client);
    this.#kinds = {
      "aws:ecr/repository:Repository": this.#repository(),
      "docker:index/image:Image": this.#image(),
      "aws:cloudwatch/logGroup:LogGroup": this.#logGroup(),
      "aws:ecs/cluster:Cluster": this.#cluster(),
      "aws:ecs/taskDefinition:TaskDefinition": this.#taskDefinition(),
      "aws:ecs/service:Service": this.#service(),
      ...this.balancer.kinds(),
    };
  }

  /** What the emulator makes of a resource; undefined for a type that it is not asked for. */
  create(type: string, name: string, inputs: Properties): Promise<Made> | undefined {
    return this.#kinds[type]?.create(physical(name, inputs["name"]), inputs);
  }

  update(type: string, name: string, known: Known, inputs: Properties): Promise<Made> | undefined {
    const kind = this.#kinds[type];
    return kind?.update === undefined ? kind?.create(name, inputs) : kind.update(known, inputs);
  }

  async delete(type: string, known: Known): Promise<void> {
    await this.#kinds[type]?.delete(known);
  }

  /** Images of a repository, as `aws.ecr.getImages` tells them. */
  async images(repositoryName: string): Promise<{ imageDigest: string; imageTag: string }[]> {
    const { imageDetails = [] } = await this.#ecr.send(
      new DescribeImagesCommand({ repositoryName }),
    );
    return imageDetails.flatMap(({ imageDigest = "", imageTags = [] }) =>
      imageTags.map((imageTag) => ({ imageDigest, imageTag })),
    );
  }

  /** Names of all that exists and costs money or is in the way. */
  async left(): Promise<string[]> {
    const { clusterArns = [] } = await this.#ecs.send(new ListClustersCommand({}));
    const services = await Promise.all(
      clusterArns.map((cluster) => this.#ecs.send(new ListServicesCommand({ cluster }))),
    );
    const { repositories = [] } = await this.#ecr.send(new DescribeRepositoriesCommand({}));
    const { logGroups = [] } = await this.#logs.send(new DescribeLogGroupsCommand({}));
    return [
      ...clusterArns,
      ...services.flatMap(({ serviceArns = [] }) => serviceArns),
      ...repositories.map(({ repositoryName = "" }) => repositoryName),
      ...logGroups.map(({ logGroupName = "" }) => logGroupName),
      ...(await this.balancer.left()),
    ];
  }

  async stop(): Promise<void> {
    await this.balancer.stop();
    for (const client of [this.#ecs, this.#ecr, this.#logs]) client.destroy();
    removeFromDocker(this.#registry);
  }

  get #registry(): string {
    return new URL(this.#args.endpoint).host;
  }

  #repository(): Kind {
    return {
      create: async (repositoryName) => {
        const { repository } = await this.#ecr.send(
          new CreateRepositoryCommand({ repositoryName }),
        );
        return {
          id: repositoryName,
          outputs: {
            name: repositoryName,
            arn: repository?.repositoryArn,
            registryId: repository?.registryId,
            repositoryUrl: `${this.#registry}/${repositoryName}`,
          },
        };
      },
      update: (known) => Promise.resolve(known),
      delete: ({ id }) =>
        this.#ecr.send(new DeleteRepositoryCommand({ repositoryName: id, force: true })),
    };
  }

  /** Builds and pushes with the machine's Docker daemon, as the plugin does. */
  #image(): Kind {
    return {
      create: async (_, inputs) => {
        const imageName = String(inputs["imageName"]);
        const build = inputs["build"] as { context: string; dockerfile: string };
        const base = ["--build-arg", `NODE_IMAGE=${this.#args.baseImage}`];
        const source = ["-f", build.dockerfile, build.context];
        run("docker", ["build", "-q", "-t", imageName, ...base, ...source]);
        if (inputs["skipPush"] !== true) run("docker", ["push", "-q", imageName]);
        const [, repository = "", tag = ""] = /^[^/]+\/(.+):([^:]+)$/.exec(imageName) ?? [];
        const pushed = (await this.images(repository)).find(({ imageTag }) => imageTag === tag);
        const repoDigest = `${this.#registry}/${repository}@${pushed?.imageDigest ?? ""}`;
        return { id: imageName, outputs: { ...inputs, repoDigest } };
      },
      // The daemon's copy goes with all others when the cloud stops.
      delete: () => Promise.resolve(),
    };
  }

  #logGroup(): Kind {
    return {
      create: async (logGroupName) => {
        await this.#logs.send(new CreateLogGroupCommand({ logGroupName }));
        return { id: logGroupName, outputs: { name: logGroupName } };
      },
      update: (known) => Promise.resolve(known),
      delete: ({ id }) => this.#logs.send(new DeleteLogGroupCommand({ logGroupName: id })),
    };
  }

  #cluster(): Kind {
    return {
      create: async (clusterName) => {
        const { cluster } = await this.#ecs.send(new CreateClusterCommand({ clusterName }));
        const arn = cluster?.clusterArn ?? "";
        return { id: arn, outputs: { arn, name: clusterName } };
      },
      update: (known) => Promise.resolve(known),
      delete: ({ id }) => this.#ecs.send(new DeleteClusterCommand({ cluster: id })),
    };
  }

  #taskDefinition(): Kind {
    return {
      create: async (_, inputs) => {
        const { taskDefinition } = await this.#ecs.send(
          new RegisterTaskDefinitionCommand({
            family: String(inputs["family"]),
            networkMode: "awsvpc",
            requiresCompatibilities: ["FARGATE"],
            cpu: String(inputs["cpu"]),
            memory: String(inputs["memory"]),
            containerDefinitions: JSON.parse(
              String(inputs["containerDefinitions"]),
            ) as ContainerDefinition[],
          }),
        );
        const { taskDefinitionArn: arn = "", family = "", revision } = taskDefinition ?? {};
        const arnWithoutRevision = arn.replace(/:\d+$/, "");
        return { id: family, outputs: { arn, arnWithoutRevision, family, revision } };
      },
      delete: ({ outputs }) =>
        this.#ecs.send(
          new DeregisterTaskDefinitionCommand({ taskDefinition: String(outputs["arn"]) }),
        ),
    };
  }

  #service(): Kind {
    return {
      create: async (serviceName, inputs) => {
        const { service } = await this.#ecs.send(
          new CreateServiceCommand({ ...serviceRequest(inputs), serviceName }),
        );
        const id = service?.serviceArn ?? "";
        return { id, outputs: { arn: id, name: serviceName } };
      },
      update: async (known, inputs) => {
        // Without `desiredCount`: the number of tasks is autoscaling's after the first deployment.
        const { cluster, taskDefinition, deploymentConfiguration } = serviceRequest(inputs);
        const service = String(known.outputs["name"]);
        await this.#ecs.send(
          new UpdateServiceCommand({ service, cluster, taskDefinition, deploymentConfiguration }),
        );
        return known;
      },
      delete: ({ id, inputs }) =>
        this.#ecs.send(
          new DeleteServiceCommand({
            cluster: String(inputs["cluster"]),
            service: id,
            force: true,
          }),
        ),
    };
  }
}

function serviceRequest(inputs: Properties): Omit<CreateServiceCommandInput, "serviceName"> {
  const network = inputs["networkConfiguration"] as { subnets: string[] };
  return {
    cluster: String(inputs["cluster"]),
    taskDefinition: String(inputs["taskDefinition"]),
    desiredCount: Number(inputs["desiredCount"]),
    launchType: "FARGATE",
    networkConfiguration: { awsvpcConfiguration: { subnets: network.subnets } },
    loadBalancers: inputs["loadBalancers"] as { targetGroupArn: string; containerPort: number }[],
    deploymentConfiguration: {
      deploymentCircuitBreaker: inputs["deploymentCircuitBreaker"] as {
        enable: boolean;
        rollback: boolean;
      },
      minimumHealthyPercent: Number(inputs["deploymentMinimumHealthyPercent"]),
      maximumPercent: Number(inputs["deploymentMaximumPercent"]),
    },
  };
}
