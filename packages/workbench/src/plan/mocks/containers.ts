import { digest, type Computed, type MockResource, type Rows } from "./resource.ts";
import { byArn, ofInputs, outputsOf, type More } from "./rows.ts";

/** The registry of the account; settings of it are one per registry. */
const registrySetting = (template: string): Computed =>
  ofInputs(template, (r) => ({ registryId: r.accountId }));
const ofRegistry: Computed = (r) => ({ id: r.accountId, registryId: r.accountId });

/** Cloud Map names are given, never generated; their identity numbers are `ns-...` and `srv-...`. */
function cloudMap(prefix: string, kind: string, more: More = {}): Computed {
  return (r) => {
    const id = `${prefix}-${r.hex(16)}`;
    const name = r.physicalName();
    return { id, arn: r.arn(`servicediscovery:${kind}/${id}`), name, ...outputsOf(more, r, name) };
  };
}
const dnsNamespace = cloudMap("ns", "namespace", (r) => ({ hostedZone: r.zoneId("zone") }));

function scaling(kind: string, r: MockResource, name: string): string {
  const target = `${r.text("serviceNamespace")}/${r.text("resourceId")}`;
  return r.arn(
    `autoscaling:${kind}:${r.uuid()}:resource/${target}:${kind.replace("scalingPolicy", "policy")}Name/${name}`,
  );
}

export const containers: Rows = {
  "ecs/Cluster": byArn("ecs:cluster/"),
  "ecs/ClusterCapacityProviders": ofInputs("{clusterName}"),
  "ecs/CapacityProvider": byArn("ecs:capacity-provider/"),
  "ecs/Service": (r) => {
    const name = r.physicalName();
    // `name` of `arn:...:cluster/name`; the default cluster where none is given.
    const cluster = (r.text("cluster") || "default").split("/").at(-1) ?? "";
    const arn = r.arn(`ecs:service/${cluster}/${name}`);
    return { id: arn, arn, name };
  },
  "ecs/TaskDefinition": (r) => {
    const family = r.physicalName("family");
    const arnWithoutRevision = r.arn(`ecs:task-definition/${family}`);
    return {
      id: family,
      arn: `${arnWithoutRevision}:1`,
      arnWithoutRevision,
      family,
      revision: 1,
    };
  },
  "ecr/Repository": (r) => {
    const name = r.physicalName();
    return {
      id: name,
      arn: r.arn(`ecr:repository/${name}`),
      name,
      registryId: r.accountId,
      repositoryUrl: `${r.accountId}.dkr.ecr.${r.region}.amazonaws.com/${name}`,
    };
  },
  "ecr/LifecyclePolicy": registrySetting("{repository}"),
  "ecr/RepositoryPolicy": registrySetting("{repository}"),
  "ecr/RegistryPolicy": ofRegistry,
  "ecr/RegistryScanningConfiguration": ofRegistry,
  "ecr/PullThroughCacheRule": registrySetting("{ecrRepositoryPrefix}"),
  "ecr/RepositoryCreationTemplate": registrySetting("{prefix}"),
  "servicediscovery/PrivateDnsNamespace": dnsNamespace,
  "servicediscovery/PublicDnsNamespace": dnsNamespace,
  "servicediscovery/HttpNamespace": cloudMap("ns", "namespace", (_, name) => ({ httpName: name })),
  "servicediscovery/Service": cloudMap("srv", "service"),
  "appautoscaling/Target": ofInputs("{resourceId}", (r) => ({
    arn: r.arn(`application-autoscaling:scalable-target/0ec5${r.hex(28)}`),
  })),
  "appautoscaling/Policy": (r) => {
    const name = r.physicalName();
    return { id: name, alarmArns: [], arn: scaling("scalingPolicy", r, name), name };
  },
  "appautoscaling/ScheduledAction": (r) => {
    const name = r.physicalName();
    return {
      id: `${name}-${r.text("serviceNamespace")}-${r.text("resourceId")}`,
      arn: scaling("scheduledAction", r, name),
      name,
    };
  },
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
