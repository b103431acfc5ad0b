/** What a type of resource holds, and what becomes of it when the resource is deleted or replaced. */
export interface StatefulType {
  /** What people call it. */
  noun: string;
  /** What is gone with it, as the end of a sentence. */
  loses: string;
}

/**
 * Types whose deletion loses something that a deployment cannot make again. A replacement is a deletion: the new
 * resource starts empty.
 */
export const STATEFUL: Readonly<Record<string, StatefulType>> = {
  "aws:backup/vault:Vault": { noun: "backup vault", loses: "its recovery points are deleted" },
  "aws:cloudwatch/logGroup:LogGroup": { noun: "log group", loses: "its log events are deleted" },
  "aws:cognito/userPool:UserPool": {
    noun: "user pool",
    loses: "all users and their passwords are deleted",
  },
  "aws:dynamodb/table:Table": { noun: "DynamoDB table", loses: "all items are deleted" },
  "aws:ebs/volume:Volume": { noun: "volume", loses: "its data is deleted" },
  "aws:ecr/repository:Repository": {
    noun: "image repository",
    loses: "all images are deleted, also those to roll back to",
  },
  "aws:efs/fileSystem:FileSystem": { noun: "file system", loses: "all files are deleted" },
  "aws:elasticache/replicationGroup:ReplicationGroup": {
    noun: "cache",
    loses: "its data is deleted",
  },
  "aws:kinesis/stream:Stream": {
    noun: "stream",
    loses: "records that nobody read yet are deleted",
  },
  "aws:kms/key:Key": {
    noun: "encryption key",
    loses: "what it encrypted cannot be read any more once its waiting period is over",
  },
  "aws:opensearch/domain:Domain": { noun: "search domain", loses: "its indices are deleted" },
  "aws:rds/cluster:Cluster": { noun: "database cluster", loses: "all its data is deleted" },
  "aws:rds/instance:Instance": { noun: "database", loses: "all its data is deleted" },
  "aws:route53/zone:Zone": {
    noun: "hosted zone",
    loses: "records that others made are deleted, and a new zone has other name servers",
  },
  "aws:s3/bucket:Bucket": { noun: "bucket", loses: "all objects are deleted, with their versions" },
  "aws:secretsmanager/secret:Secret": { noun: "secret", loses: "its value is deleted" },
  "aws:sns/topic:Topic": {
    noun: "topic",
    loses:
      "subscriptions made outside of this stack are deleted, and e-mail addresses have to confirm again",
  },
  "aws:sqs/queue:Queue": { noun: "queue", loses: "messages that nobody read yet are deleted" },
  "aws:ssm/parameter:Parameter": { noun: "parameter", loses: "its value and history are deleted" },
};
