/** What awsx.ecr.Repository and Image create, by pulumi/pulumi-awsx 3.8, awsx/ecr/repository.ts and image.ts. */
import { REGISTRY_PASSWORD } from "../mocks/calls.ts";
import { list, record, scalar, text } from "../plan-reader.ts";
import type { Json } from "../types.ts";
import { wireSecret } from "../wire.ts";
import {
  child,
  Derived,
  Reference,
  shortHash,
  type Component,
  type Expandable,
  type Expansion,
} from "./expansion.ts";

const UNTAGGED = [
  { description: "remove untagged images", tagStatus: "untagged", maximumNumberOfImages: 1 },
];

export function expandRepository({ name, inputs }: Component): Expansion {
  const { lifecyclePolicy, ...args } = inputs;
  const { region } = args;
  const { skip, rules } = record(lifecyclePolicy);
  const own = child("aws:ecr/repository:Repository", name.toLowerCase(), args);
  const isAny = (value: Json) => record(value)["tagStatus"] === "any";
  const given = rules === undefined ? UNTAGGED : list(rules);
  const ordered = [...given.filter((value) => !isAny(value)), ...given.filter(isAny)];
  const policy = child("aws:ecr/lifecyclePolicy:LifecyclePolicy", name.toLowerCase(), {
    repository: new Reference(own.key, "name"),
    policy: { rules: ordered.map(rule) },
    ...(region === undefined ? {} : { region }),
  });
  const wanted = skip !== true;
  return {
    resources: wanted ? [own, policy] : [own],
    outputs: {
      repository: new Reference(own.key),
      url: new Reference(own.key, "repositoryUrl"),
      ...(wanted ? { lifecyclePolicy: new Reference(policy.key) } : {}),
    },
    warnings: [],
  };
}

function rule(value: Json, index: number): Expandable {
  const { description, tagStatus = null, tagPrefixList = [], ...limit } = record(value);
  const { maximumNumberOfImages: images, maximumAgeLimit: days = null } = limit;
  return {
    rulePriority: index + 1,
    ...(description === undefined ? {} : { description }),
    selection: {
      ...(tagStatus === "any" || tagStatus === "untagged"
        ? { tagStatus }
        : { tagStatus: "tagged", tagPrefixList }),
      ...(images === undefined
        ? { countType: "sinceImagePushed", countNumber: days, countUnit: "days" }
        : { countType: "imageCountMoreThan", countNumber: images }),
    },
    action: { type: "expire" },
  };
}

export function expandImage({ inputs, stack }: Component): Expansion {
  const { args: buildArgs, target, platform, repositoryUrl, ...named } = inputs;
  const url = text(repositoryUrl) ?? "";
  const location = text(inputs["context"]) ?? ".";
  const dockerfile = text(inputs["dockerfile"]);
  const signature = [
    location,
    ...(dockerfile === undefined ? [] : [`dockerfile=${dockerfile}`]),
    ...Object.entries(record(buildArgs)).map(([key, value]) => `arg[${key}]=${scalar(value)}`),
  ].join(";");
  const tag =
    text(named["imageName"]) ??
    text(named["imageTag"]) ??
    `${shortHash(signature + stack)}-container`;
  const caches = list(inputs["cacheFrom"]);
  const own = child("docker-build:index:Image", tag, {
    tags: [`${url}:${tag}`],
    ...(buildArgs === undefined ? {} : { buildArgs }),
    cacheFrom: (caches.length === 0 ? [`${url}:${tag}`] : caches).map((ref) => ({
      registry: { ref },
    })),
    cacheTo: [{ inline: {} }],
    context: { location },
    dockerfile: dockerfile === undefined ? {} : { location: dockerfile },
    platforms: platform === undefined ? [] : [platform],
    ...(target === undefined ? {} : { target }),
    push: true,
    registries: [
      {
        address: `https://${url.split("/")[0] ?? ""}`,
        username: "AWS",
        password: wireSecret(REGISTRY_PASSWORD),
      },
    ],
  });
  const digest = new Reference(own.key, "digest");
  return {
    resources: [own],
    outputs: { imageUri: new Derived(digest, (sha) => `${url}@${String(sha)}`) },
    warnings: [],
  };
}
