import { allow, type Condition, type Statement } from "./policy.ts";

export interface StatePlace {
  /** Pulumi project of the service. */
  project: string;
  stack: string;
  region: string;
  bucketArn: string;
  bucketKeyArn: string;
  /** Key of this stack's secrets. */
  secretsKeyArn: string;
}

/**
 * Reads the state of one stack. Where the objects lie: pulumi/pulumi, pkg/backend/diy (state.go, stack_tags.go, lock.go).
 * The bucket may be listed, without conditions: S3 answers "no such key" only to who may list it, and "access denied" else, by
 * which every command would end, as most stacks have no tags file. Source: AWS, API reference of S3, GetObject, Permissions.
 */
export function readState(place: StatePlace): Statement[] {
  const { bucketArn, bucketKeyArn, secretsKeyArn } = place;
  const objects = [`${bucketArn}/.pulumi/meta.yaml`, ...stackObjects(place)];
  return [
    allow("ListState", "s3: ListBucket", [bucketArn]),
    allow("ReadState", "s3: GetObject", objects),
    allow("DecryptState", "kms: Decrypt", [bucketKeyArn], throughS3(place)),
    allow("ReadSecretsOfTheStack", "kms: Decrypt DescribeKey", [secretsKeyArn]),
  ];
}

/** Reads and writes the state of one stack, its lock and its history. */
export function writeState(place: StatePlace): Statement[] {
  const { bucketKeyArn, secretsKeyArn } = place;
  return [
    ...readState(place),
    allow("WriteState", "s3: DeleteObject PutObject", stackObjects(place)),
    allow("EncryptState", "kms: GenerateDataKey", [bucketKeyArn], throughS3(place)),
    allow("WriteSecretsOfTheStack", "kms: Encrypt GenerateDataKey", [secretsKeyArn]),
  ];
}

function stackObjects({ bucketArn, project, stack }: StatePlace): string[] {
  return [
    `stacks/${project}/${stack}.json*`,
    `stacks/${project}/${stack}.pulumi-tags`,
    `history/${project}/${stack}/*`,
    `backups/${project}/${stack}/*`,
    `locks/organization/${project}/${stack}/*`,
  ].map((name) => `${bucketArn}/.pulumi/${name}`);
}

/** Only through S3, and only for this bucket: the key says nothing about stacks, the paths above do. */
const throughS3 = ({ region, bucketArn }: StatePlace): Condition => ({
  StringEquals: {
    "kms:ViaService": `s3.${region}.amazonaws.com`,
    "kms:EncryptionContext:aws:s3:arn": bucketArn,
  },
});
