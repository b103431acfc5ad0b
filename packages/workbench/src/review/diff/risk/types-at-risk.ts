import { byToken } from "../../../plan/aws-types.ts";

/** Types whose deletion loses something that a deployment cannot make again. */
export interface StatefulType {
  /** What people call it. */
  noun: string;
  /** What is gone with it, as the end of a sentence. */
  loses: string;
}

/** A replacement is a deletion: the new resource starts empty. */
export const STATEFUL: Readonly<Record<string, StatefulType>> = byToken<StatefulType>({
  "backup/Vault": { noun: "backup vault", loses: "its recovery points are deleted" },
  "cloudwatch/LogGroup": { noun: "log group", loses: "its log events are deleted" },
  "cognito/UserPool": { noun: "user pool", loses: "all users and their passwords are deleted" },
  "dynamodb/Table": { noun: "DynamoDB table", loses: "all items are deleted" },
  "ebs/Volume": { noun: "volume", loses: "its data is deleted" },
  "ecr/Repository": {
    noun: "image repository",
    loses: "all images are deleted, also those to roll back to",
  },
  "efs/FileSystem": { noun: "file system", loses: "all files are deleted" },
  "elasticache/ReplicationGroup": { noun: "cache", loses: "its data is deleted" },
  "kinesis/Stream": { noun: "stream", loses: "records that nobody read yet are deleted" },
  "kms/Key": {
    noun: "encryption key",
    loses: "what it encrypted cannot be read any more once its waiting period is over",
  },
  "opensearch/Domain": { noun: "search domain", loses: "its indices are deleted" },
  "rds/Cluster": { noun: "database cluster", loses: "all its data is deleted" },
  "rds/Instance": { noun: "database", loses: "all its data is deleted" },
  "route53/Zone": {
    noun: "hosted zone",
    loses: "records that others made are deleted, and a new zone has other name servers",
  },
  "s3/Bucket": { noun: "bucket", loses: "all objects are deleted, with their versions" },
  "secretsmanager/Secret": { noun: "secret", loses: "its value is deleted" },
  "sns/Topic": {
    noun: "topic",
    loses:
      "subscriptions made outside of this stack are deleted, and e-mail addresses have to confirm again",
  },
  "sqs/Queue": { noun: "queue", loses: "messages that nobody read yet are deleted" },
  "ssm/Parameter": { noun: "parameter", loses: "its value and history are deleted" },
});

/** Types that requests pass through: their replacement or deletion interrupts them. */
export interface TrafficType {
  noun: string;
  /** What its replacement and its deletion do to requests, as ends of a sentence. */
  replaced: string;
  deleted: string;
}

export const TRAFFIC: Readonly<Record<string, TrafficType>> = byToken<TrafficType>({
  "appautoscaling/Target": {
    noun: "scalable target",
    replaced:
      "the number of tasks is not adjusted, and scaling policies are gone, until the new one is there",
    deleted: "the number of tasks is not adjusted any more",
  },
  "ec2/InternetGateway": {
    noun: "internet gateway",
    replaced: "the VPC cannot be reached until the new one is attached and routed to",
    deleted: "the VPC cannot be reached from the internet any more",
  },
  "ec2/NatGateway": {
    noun: "NAT gateway",
    replaced: "connections of private tasks to the outside break, and their address may change",
    deleted: "private tasks in its zone cannot reach the outside",
  },
  "ec2/Route": {
    noun: "route",
    replaced: "packets find no way between the deletion of the old and the creation of the new one",
    deleted: "packets find no way",
  },
  "ec2/SecurityGroup": {
    noun: "security group",
    replaced: "what it is attached to has to move to the new one",
    deleted: "what it let through is refused",
  },
  "ec2/Subnet": {
    noun: "subnet",
    replaced: "everything in it has to move: load balancer, tasks, endpoints",
    deleted: "everything in it has to go",
  },
  "ec2/Vpc": {
    noun: "VPC",
    replaced: "everything in it is built anew",
    deleted: "everything in it has to go",
  },
  "ecs/Cluster": {
    noun: "cluster",
    replaced: "its service is built anew",
    deleted: "its service has to go",
  },
  "ecs/Service": {
    noun: "ECS service",
    replaced:
      "the old tasks are drained and the new service starts from zero, without the rollout's safety",
    deleted: "all tasks stop",
  },
  "lb/Listener": {
    noun: "listener",
    replaced: "its port refuses connections until the new one is there",
    deleted: "its port refuses connections",
  },
  "lb/ListenerRule": {
    noun: "listener rule",
    replaced: "requests get the listener's default answer until the new one is there",
    deleted: "requests that it forwarded get the listener's default answer",
  },
  "lb/LoadBalancer": {
    noun: "load balancer",
    replaced:
      "its host name changes, and every DNS record that names the old one is wrong until it is changed and has expired",
    deleted: "the service cannot be reached any more",
  },
  "lb/TargetGroup": {
    noun: "target group",
    replaced: "the new one has no healthy target until the service has registered its tasks there",
    deleted: "requests that are still forwarded to it fail",
  },
  "route53/Record": {
    noun: "DNS record",
    replaced: "the name does not resolve in between, and resolvers remember that",
    deleted: "the name does not resolve any more",
  },
  "servicediscovery/PrivateDnsNamespace": {
    noun: "DNS namespace",
    replaced: "names in it do not resolve in between",
    deleted: "names in it do not resolve any more",
  },
  "servicediscovery/Service": {
    noun: "discovery service",
    replaced: "its name does not resolve until tasks have registered again",
    deleted: "its name does not resolve any more",
  },
  "wafv2/WebAclAssociation": {
    noun: "web ACL association",
    replaced: "requests are not filtered in between",
    deleted: "requests are not filtered any more",
  },
});

/** Replacing is the way to change them: task definitions get a new revision, images a new tag, and the old ones stay. */
export const HARMLESS_REPLACEMENTS: ReadonlySet<string> = new Set([
  "aws:ecs/taskDefinition:TaskDefinition",
  "docker:index/image:Image",
]);
