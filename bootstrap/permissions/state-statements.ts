import type { Statement } from "./policy.ts";

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
  const { bucketArn } = place;
  return [
    {
      Sid: "ListState",
      Effect: "Allow",
      Action: ["s3:ListBucket"],
      Resource: [bucketArn],
    },
    {
      Sid: "ReadState",
      Effect: "Allow",
      Action: ["s3:GetObject"],
      Resource: [`${bucketArn}/.pulumi/meta.yaml`, ...stackObjects(place)],
    },
    bucketKey(place, ["kms:Decrypt"]),
    {
      Sid: "ReadSecretsOfTheStack",
      Effect: "Allow",
      Action: ["kms:Decrypt", "kms:DescribeKey"],
      Resource: [place.secretsKeyArn],
    },
  ];
}

/** Reads and writes the state of one stack, its lock and its history. */
export function writeState(place: StatePlace): Statement[] {
  return [
    ...readState(place),
    {
      Sid: "WriteState",
      Effect: "Allow",
      Action: ["s3:DeleteObject", "s3:PutObject"],
      Resource: stackObjects(place),
    },
    { ...bucketKey(place, ["kms:GenerateDataKey"]), Sid: "EncryptState" },
    {
      Sid: "WriteSecretsOfTheStack",
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:GenerateDataKey"],
      Resource: [place.secretsKeyArn],
    },
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
function bucketKey(place: StatePlace, Action: readonly string[]): Statement {
  return {
    Sid: "DecryptState",
    Effect: "Allow",
    Action,
    Resource: [place.bucketKeyArn],
    Condition: {
      StringEquals: {
        "kms:ViaService": `s3.${place.region}.amazonaws.com`,
        "kms:EncryptionContext:aws:s3:arn": place.bucketArn,
      },
    },
  };
}
