import { byToken } from "../../../plan/aws-types.ts";

/** What people call a resource where the words of its type are not it. */
export const NOUNS: Readonly<Record<string, string>> = byToken<string>({
  "backup/Vault": "backup vault",
  "dynamodb/Table": "DynamoDB table",
  "ecr/Repository": "image repository",
  "elasticache/ReplicationGroup": "cache",
  "kms/Key": "encryption key",
  "opensearch/Domain": "search domain",
  "rds/Cluster": "database cluster",
  "rds/Instance": "database",
  "route53/Zone": "hosted zone",
  "appautoscaling/Target": "scalable target",
  "cloudtrail/Trail": "trail",
  "ec2/FlowLog": "flow log",
  "ec2/NatGateway": "NAT gateway",
  "ec2/Vpc": "VPC",
  "ecs/Service": "ECS service",
  "route53/Record": "DNS record",
  "servicediscovery/PrivateDnsNamespace": "DNS namespace",
  "servicediscovery/Service": "discovery service",
  "wafv2/WebAcl": "web ACL",
  "wafv2/WebAclAssociation": "web ACL association",
  "wafv2/WebAclLoggingConfiguration": "log of the web ACL",
});

/**
 * Types whose deletion loses something that a deployment cannot make again, and what is gone, as the end of a sentence.
 * A replacement is a deletion: the new resource starts empty.
 */
export const STATEFUL: Readonly<Record<string, string>> = byToken<string>({
  "backup/Vault": "its recovery points are deleted",
  "cloudwatch/LogGroup": "its log events are deleted",
  "cognito/UserPool": "all users and their passwords are deleted",
  "dynamodb/Table": "all items are deleted",
  "ebs/Volume": "its data is deleted",
  "ecr/Repository": "all images are deleted, also those to roll back to",
  "efs/FileSystem": "all files are deleted",
  "elasticache/ReplicationGroup": "its data is deleted",
  "kinesis/Stream": "records that nobody read yet are deleted",
  "kms/Key": "what it encrypted cannot be read any more once its waiting period is over",
  "opensearch/Domain": "its indices are deleted",
  "rds/Cluster": "all its data is deleted",
  "rds/Instance": "all its data is deleted",
  "route53/Zone": "records that others made are deleted, and a new zone has other name servers",
  "s3/Bucket": "all objects are deleted, with their versions",
  "secretsmanager/Secret": "its value is deleted",
  "sns/Topic":
    "subscriptions made outside of this stack are deleted, and e-mail addresses have to confirm again",
  "sqs/Queue": "messages that nobody read yet are deleted",
  "ssm/Parameter": "its value and history are deleted",
});

/** Types that requests pass through: what their replacement and their deletion do to requests, as ends of a sentence. */
export const TRAFFIC = byToken<{ replaced: string; deleted: string }>({
  "appautoscaling/Target": {
    replaced:
      "the number of tasks is not adjusted, and scaling policies are gone, until the new one is there",
    deleted: "the number of tasks is not adjusted any more",
  },
  "ec2/InternetGateway": {
    replaced: "the VPC cannot be reached until the new one is attached and routed to",
    deleted: "the VPC cannot be reached from the internet any more",
  },
  "ec2/NatGateway": {
    replaced: "connections of private tasks to the outside break, and their address may change",
    deleted: "private tasks in its zone cannot reach the outside",
  },
  "ec2/Route": {
    replaced: "packets find no way between the deletion of the old and the creation of the new one",
    deleted: "packets find no way",
  },
  "ec2/SecurityGroup": {
    replaced: "what it is attached to has to move to the new one",
    deleted: "what it let through is refused",
  },
  "ec2/Subnet": {
    replaced: "everything in it has to move: load balancer, tasks, endpoints",
    deleted: "everything in it has to go",
  },
  "ec2/Vpc": {
    replaced: "everything in it is built anew",
    deleted: "everything in it has to go",
  },
  "ecs/Cluster": {
    replaced: "its service is built anew",
    deleted: "its service has to go",
  },
  "ecs/Service": {
    replaced:
      "the old tasks are drained and the new service starts from zero, without the rollout's safety",
    deleted: "all tasks stop",
  },
  "lb/Listener": {
    replaced: "its port refuses connections until the new one is there",
    deleted: "its port refuses connections",
  },
  "lb/ListenerRule": {
    replaced: "requests get the listener's default answer until the new one is there",
    deleted: "requests that it forwarded get the listener's default answer",
  },
  "lb/LoadBalancer": {
    replaced:
      "its host name changes, and every DNS record that names the old one is wrong until it is changed and has expired",
    deleted: "the service cannot be reached any more",
  },
  "lb/TargetGroup": {
    replaced: "the new one has no healthy target until the service has registered its tasks there",
    deleted: "requests that are still forwarded to it fail",
  },
  "route53/Record": {
    replaced: "the name does not resolve in between, and resolvers remember that",
    deleted: "the name does not resolve any more",
  },
  "servicediscovery/PrivateDnsNamespace": {
    replaced: "names in it do not resolve in between",
    deleted: "names in it do not resolve any more",
  },
  "servicediscovery/Service": {
    replaced: "its name does not resolve until tasks have registered again",
    deleted: "its name does not resolve any more",
  },
});

/** Replacing is the way to change them: task definitions get a new revision, images a new tag, and the old ones stay. */
export const HARMLESS_REPLACEMENTS: ReadonlySet<string> = new Set([
  "aws:ecs/taskDefinition:TaskDefinition",
  "docker:index/image:Image",
]);
