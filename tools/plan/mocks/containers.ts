import { digest, type Computed, type MockResource } from "./resource.ts";

/** The registry of the account; settings of it are one per registry. */
function registrySetting(id: (r: MockResource) => string): Computed {
  return (r) => ({ id: id(r), registryId: r.accountId });
}

/** `name` of `arn:...:cluster/name`; the default cluster where none is given. */
function clusterName(r: MockResource): string {
  return r.text("cluster") === "" ? "default" : (r.text("cluster").split("/").at(-1) ?? "");
}

function named(service: string, kind: string): Computed {
  return (r) => {
    const name = r.physicalName();
    const arn = r.arn(service, `${kind}/${name}`);
    return { id: arn, arn, name };
  };
}

/** Cloud Map names are given, never generated; their identity numbers are `ns-...` and `srv-...`. */
function cloudMap(
  prefix: string,
  kind: string,
  more: (r: MockResource) => object = () => ({}),
): Computed {
  return (r) => {
    const id = `${prefix}-${r.hex(16)}`;
    return {
      id,
      arn: r.arn("servicediscovery", `${kind}/${id}`),
      name: r.physicalName(),
      ...more(r),
    };
  };
}

const hostedZone = (r: MockResource) => ({ hostedZone: `Z${r.hex(13, "zone").toUpperCase()}` });

export const containers: Record<string, Computed> = {
  "aws:ecs/cluster:Cluster": named("ecs", "cluster"),
  "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders": (r) => ({
    id: r.text("clusterName"),
  }),
  "aws:ecs/capacityProvider:CapacityProvider": named("ecs", "capacity-provider"),
  "aws:ecs/service:Service": (r) => {
    const name = r.physicalName();
    const arn = r.arn("ecs", `service/${clusterName(r)}/${name}`);
    return { id: arn, arn, name };
  },
  "aws:ecs/taskDefinition:TaskDefinition": (r) => {
    const family = r.physicalName("family");
    const arnWithoutRevision = r.arn("ecs", `task-definition/${family}`);
    return { id: family, arn: `${arnWithoutRevision}:1`, arnWithoutRevision, family, revision: 1 };
  },

  "aws:ecr/repository:Repository": (r) => {
    const name = r.physicalName();
    return {
      id: name,
      arn: r.arn("ecr", `repository/${name}`),
      name,
      registryId: r.accountId,
      repositoryUrl: `${r.accountId}.dkr.ecr.${r.region}.amazonaws.com/${name}`,
    };
  },
  "aws:ecr/lifecyclePolicy:LifecyclePolicy": registrySetting((r) => r.text("repository")),
  "aws:ecr/repositoryPolicy:RepositoryPolicy": registrySetting((r) => r.text("repository")),
  "aws:ecr/registryPolicy:RegistryPolicy": registrySetting((r) => r.accountId),
  "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration": registrySetting(
    (r) => r.accountId,
  ),
  "aws:ecr/pullThroughCacheRule:PullThroughCacheRule": registrySetting((r) =>
    r.text("ecrRepositoryPrefix"),
  ),
  "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate": registrySetting((r) =>
    r.text("prefix"),
  ),

  "docker:index/image:Image": (r) => {
    const imageName = r.text("imageName");
    const build = r.inputs["build"];
    const settings =
      typeof build === "object" && build !== null && !Array.isArray(build) ? build : {};
    const registry = r.inputs["registry"];
    const server =
      typeof registry === "object" && registry !== null && !Array.isArray(registry)
        ? registry["server"]
        : undefined;
    // The repository may carry a port: only a colon after the last slash starts the tag.
    const repository = imageName.replace(/:[^:/]*$/, "");
    return {
      // The plugin takes the digest of the local image; the stand-in follows the name, whose tag follows the content.
      id: `sha256:${digest(`local ${imageName}`)}`,
      baseImageName: imageName,
      context: settings["context"] ?? ".",
      dockerfile: settings["dockerfile"] ?? "Dockerfile",
      imageName,
      platform: settings["platform"] ?? "linux/amd64",
      registryServer: server ?? "",
      repoDigest: `${repository}@sha256:${digest(`pushed ${imageName}`)}`,
    };
  },

  "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": cloudMap(
    "ns",
    "namespace",
    hostedZone,
  ),
  "aws:servicediscovery/publicDnsNamespace:PublicDnsNamespace": cloudMap(
    "ns",
    "namespace",
    hostedZone,
  ),
  "aws:servicediscovery/httpNamespace:HttpNamespace": cloudMap("ns", "namespace", (r) => ({
    httpName: r.physicalName(),
  })),
  "aws:servicediscovery/service:Service": cloudMap("srv", "service"),

  "aws:appautoscaling/target:Target": (r) => ({
    id: r.text("resourceId"),
    arn: r.arn("application-autoscaling", `scalable-target/0ec5${r.hex(28)}`),
  }),
  "aws:appautoscaling/policy:Policy": (r) => {
    const name = r.physicalName();
    return {
      id: name,
      alarmArns: [],
      arn: r.arn(
        "autoscaling",
        `scalingPolicy:${r.uuid()}:resource/${r.text("serviceNamespace")}/${r.text("resourceId")}:policyName/${name}`,
      ),
      name,
    };
  },
  "aws:appautoscaling/scheduledAction:ScheduledAction": (r) => {
    const name = r.physicalName();
    return {
      id: `${name}-${r.text("serviceNamespace")}-${r.text("resourceId")}`,
      arn: r.arn(
        "autoscaling",
        `scheduledAction:${r.uuid()}:resource/${r.text("serviceNamespace")}/${r.text("resourceId")}:scheduledActionName/${name}`,
      ),
      name,
    };
  },
};
