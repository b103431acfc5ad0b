import { byToken } from "../aws-types.ts";
import type { Json } from "../types.ts";
import { builtImage, containers, image } from "./containers.ts";
import { identity } from "./identity.ts";
import { monitoring } from "./monitoring.ts";
import { network } from "./network.ts";
import { MockResource, type Computed, type MockResourceArgs } from "./resource.ts";
import { BUCKET_SETTINGS, storage } from "./storage.ts";

/** Every resource type that a plan can invent outputs for. */
export const COMPUTED: Readonly<Record<string, Computed>> = {
  ...byToken({ ...network, ...containers, ...identity, ...storage, ...monitoring }),
  "docker:index/image:Image": image,
  "docker-build:index:Image": builtImage,
};

/** Services of one place for all regions: their resources have no `region`. */
const GLOBAL = /^aws:(?:budgets|cloudfront|costexplorer|iam|route53)\//;

/** Types of the table that carry no tags, so that the provider adds none (checked against the SDK by a test). */
const UNTAGGED: ReadonlySet<string> = new Set(
  [
    "acm/certificateValidation appautoscaling/policy appautoscaling/scheduledAction",
    "athena/namedQuery backup/selection cfg/recorder cloudwatch/dashboard cloudwatch/eventTarget",
    "cloudfront/originAccessControl cloudwatch/logDataProtectionPolicy cloudwatch/logMetricFilter cloudwatch/logResourcePolicy",
    "cloudwatch/logStream cloudwatch/logSubscriptionFilter cloudwatch/queryDefinition",
    "costexplorer/costAllocationTag dynamodb/contributorInsights dynamodb/resourcePolicy ec2/networkAclAssociation",
    "ec2/networkAclRule ec2/route ec2/routeTableAssociation ec2/securityGroupRule",
    "ecr/lifecyclePolicy ecr/pullThroughCacheRule ecr/registryPolicy ecr/repositoryPolicy",
    "ecr/registryScanningConfiguration ecr/repositoryCreationTemplate ecs/clusterCapacityProviders",
    "glue/catalogTable iam/rolePolicy iam/rolePolicyAttachment iam/rolePolicyAttachmentsExclusive",
    "inspector2/enabler kms/alias kms/keyPolicy lambda/permission lb/listenerCertificate",
    "lb/targetGroupAttachment route53/record s3/bucketIntelligentTieringConfiguration",
    "s3/bucketMetric scheduler/schedule secretsmanager/secretPolicy secretsmanager/secretRotation",
    "secretsmanager/secretVersion sns/topicPolicy sns/topicSubscription sqs/queuePolicy",
    "synthetics/groupAssociation wafv2/webAclAssociation wafv2/webAclLoggingConfiguration",
    ...BUCKET_SETTINGS.map((setting) => `s3/bucket${setting}`),
  ].flatMap((types) => types.split(" ").map((type) => `aws:${type}`)),
);

export interface MockOutputs {
  id: string;
  /** Without `id` and `tagsAll`. */
  outputs: Record<string, Json>;
  /** Whether the provider adds its default tags and tells them as `tagsAll`. */
  taggable: boolean;
  /** Sentences about what AWS would refuse. */
  refusals: string[];
}

/** Outputs of a resource; `undefined` for a type that the table does not have. */
export function computeOutputs(type: string, args: MockResourceArgs): MockOutputs | undefined {
  const computed = COMPUTED[type];
  if (computed === undefined) return undefined;
  const resource = new MockResource(args);
  const { id, ...outputs } = computed(resource);
  const region = type.startsWith("aws:") && !GLOBAL.test(type) ? { region: resource.region } : {};
  return {
    id,
    outputs: { ...region, ...outputs },
    taggable: type.startsWith("aws:") && !UNTAGGED.has(type.slice(0, type.lastIndexOf(":"))),
    refusals: resource.refusals,
  };
}
