import { digest, type Computed, type Rows } from "./resource.ts";
import { row } from "./rows.ts";

/** Settings of a registry are one per account. */
const ofRegistry = row("{account}", "", { registryId: "{account}" });
/** Cloud Map names are given, never generated. */
const dnsNamespace = row("ns-{hex16}", "servicediscovery:namespace/{id}", {
  name: "{name<}",
  hostedZone: "{zone:zone}",
});
const SCALED = "{uuid}:resource/{serviceNamespace}/{resourceId}";

export const containers: Rows = {
  "ecs/Cluster": row("{arn}", "ecs:cluster/{name<}"),
  "ecs/ClusterCapacityProviders": row("{clusterName}"),
  "ecs/CapacityProvider": row("{arn}", "ecs:capacity-provider/{name<}"),
  "ecs/Service": (r) => {
    // `name` of `arn:...:cluster/name`; the default cluster where none is given.
    const cluster = (r.text("cluster") || "default").split("/").at(-1) ?? "";
    return row("{arn}", `ecs:service/${cluster}/{name<}`)(r);
  },
  "ecs/TaskDefinition": row("{family<}", "ecs:task-definition/{family<}:1", {
    arnWithoutRevision: "@ecs:task-definition/{family<}",
    revision: 1,
  }),
  "ecr/Repository": row("{name<}", "ecr:repository/{name<}", {
    registryId: "{account}",
    repositoryUrl: "{account}.dkr.ecr.{region}.amazonaws.com/{name<}",
  }),
  "ecr/LifecyclePolicy": row("{repository}", "", { registryId: "{account}" }),
  "ecr/RepositoryPolicy": row("{repository}", "", { registryId: "{account}" }),
  "ecr/RegistryPolicy": ofRegistry,
  "ecr/RegistryScanningConfiguration": ofRegistry,
  "ecr/PullThroughCacheRule": row("{ecrRepositoryPrefix}", "", { registryId: "{account}" }),
  "ecr/RepositoryCreationTemplate": row("{prefix}", "", { registryId: "{account}" }),
  "servicediscovery/PrivateDnsNamespace": dnsNamespace,
  "servicediscovery/PublicDnsNamespace": dnsNamespace,
  "servicediscovery/HttpNamespace": row("ns-{hex16}", "servicediscovery:namespace/{id}", {
    httpName: "{name<}",
  }),
  "servicediscovery/Service": row("srv-{hex16}", "servicediscovery:service/{id}", {
    name: "{name<}",
  }),
  "appautoscaling/Target": row(
    "{resourceId}",
    "application-autoscaling:scalable-target/0ec5{hex28}",
  ),
  "appautoscaling/Policy": row(
    "{name<}",
    `autoscaling:scalingPolicy:${SCALED}:policyName/{name<}`,
    { alarmArns: [] },
  ),
  "appautoscaling/ScheduledAction": row(
    "{name<}-{serviceNamespace}-{resourceId}",
    `autoscaling:scheduledAction:${SCALED}:scheduledActionName/{name<}`,
  ),
};

/** `@pulumi/docker-build`: only a build tells the digest; the stand-in follows the first tag. */
export const builtImage: Computed = (r) => {
  const { tags } = r.inputs;
  const [tag = ""] = Array.isArray(tags) ? tags.map(String) : [];
  const pushed = `sha256:${digest(`pushed ${tag}`)}`;
  return {
    id: pushed,
    contextHash: digest(`context ${tag}`),
    digest: pushed,
    ref: `${tag}@${pushed}`,
  };
};

export const image: Computed = (r) => {
  const imageName = r.text("imageName");
  const [build, registry] = [r.map("build"), r.map("registry")];
  // The repository may carry a port: only a colon after the last slash starts the tag.
  const repository = imageName.replace(/:[^:/]*$/, "");
  return {
    // The plugin takes the digest of the local image; the stand-in follows the name, whose tag follows the content.
    id: `sha256:${digest(`local ${imageName}`)}`,
    baseImageName: imageName,
    context: build["context"] ?? ".",
    dockerfile: build["dockerfile"] ?? "Dockerfile",
    imageName,
    platform: build["platform"] ?? "linux/amd64",
    registryServer: registry["server"] ?? "",
    repoDigest: `${repository}@sha256:${digest(`pushed ${imageName}`)}`,
  };
};
