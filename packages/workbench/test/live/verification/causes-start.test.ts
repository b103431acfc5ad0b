import { expect } from "chai";
import { probableCause } from "../../../src/live/verification/causes.ts";
import { NO_EVIDENCE } from "../../../src/live/verification/evidence.ts";
import { exited, EXPECTED, notStarted, type Case } from "./failures.ts";

const CASES: readonly Case[] = [
  ["nothing", {}, undefined],
  [
    "wrong architecture by the log",
    { tasks: [exited(1)], logLines: ["exec /nodejs/bin/node: exec format error"] },
    "the image is built for another processor than the tasks have (ARM64): build it with the cpuArchitecture of the stack",
  ],
  [
    "wrong architecture by the pull",
    {
      tasks: [
        notStarted(
          "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain descriptor matching platform 'linux/arm64'",
        ),
      ],
    },
    "the image is built for another processor than the tasks have (ARM64): build it with the cpuArchitecture of the stack",
  ],
  [
    "image gone",
    {
      tasks: [
        notStarted(
          "CannotPullContainerError: failed to resolve ref 1.dkr.ecr.eu-west-1.amazonaws.com/r@sha256:a: 1.dkr.ecr.eu-west-1.amazonaws.com/r@sha256:a: not found",
        ),
      ],
    },
    "the image is not in the registry any more: deploy again to build it, or `npm run promote` it again",
  ],
  [
    "pull refused",
    {
      tasks: [
        notStarted(
          "CannotPullContainerError: Error response from daemon: pull access denied for r, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed: denied: User is not authorized",
        ),
      ],
    },
    "the task execution role may not pull the image: it needs ecr:GetAuthorizationToken, and ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository",
  ],
  [
    "role may not pull",
    {
      tasks: [
        notStarted(
          "CannotPullContainerError: pull image manifest has been retried 1 time(s): unexpected status from HEAD request: 403 Forbidden",
        ),
      ],
    },
    "the task execution role may not pull the image: it needs ecr:GetAuthorizationToken, and ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository",
  ],
  [
    "role may not log in to the registry",
    {
      tasks: [
        notStarted(
          "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve ecr registry auth: service call has been retried 1 time(s): AccessDeniedException: User is not authorized to perform: ecr:GetAuthorizationToken",
        ),
      ],
    },
    "the task execution role may not pull the image: it needs ecr:GetAuthorizationToken, and ecr:BatchGetImage and ecr:GetDownloadUrlForLayer on the repository",
  ],
  [
    "registry out of reach",
    {
      tasks: [
        notStarted(
          "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: There is a connection issue between the task and Amazon ECR. Check your task network configuration.",
        ),
      ],
    },
    "the task cannot reach the registry: its subnet needs a NAT gateway, a public address, or the interface endpoints ecr.api and ecr.dkr with the S3 gateway endpoint",
  ],
  [
    "pull timed out",
    {
      tasks: [
        notStarted(
          'CannotPullContainerError: failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/x": dial tcp 3.5.16.1:443: i/o timeout',
        ),
      ],
    },
    "the task cannot reach the registry: its subnet needs a NAT gateway, a public address, or the interface endpoints ecr.api and ecr.dkr with the S3 gateway endpoint",
  ],
  [
    "rate limit",
    {
      tasks: [
        notStarted(
          "CannotPullContainerError: inspect image has been retried 5 time(s): httpReaderSeeker: toomanyrequests: You have reached your pull rate limit",
        ),
      ],
    },
    "the registry refused the pull for its rate limit: use a copy of the image in ECR",
  ],
  [
    "unknown pull error",
    {
      tasks: [notStarted("CannotPullContainerError: ref pull has been retried 1 time(s): oddity")],
    },
    "the image could not be pulled: ref pull has been retried 1 time(s): oddity",
  ],
  [
    "secret forbidden",
    {
      tasks: [
        notStarted(
          "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret arn:aws:secretsmanager:eu-west-1:1:secret:keys from secrets manager: AccessDeniedException: User is not authorized to perform: secretsmanager:GetSecretValue",
        ),
      ],
    },
    "the task execution role may not read a secret of the stack's `secrets`: check the ARN, and the permission on the key that encrypts it",
  ],
  [
    "secret gone",
    {
      tasks: [
        notStarted(
          "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: ResourceNotFoundException: Secrets Manager can't find the specified secret.",
        ),
      ],
    },
    "a secret of the stack's `secrets` does not exist in this account and region: check the ARN",
  ],
  [
    "secrets out of reach",
    {
      tasks: [
        notStarted(
          "ResourceInitializationError: unable to pull secrets or registry auth: unable to retrieve secrets from ssm: RequestCanceled: request context canceled caused by: context deadline exceeded",
        ),
      ],
    },
    "the task cannot reach Secrets Manager or Parameter Store: its subnet needs a NAT gateway, a public address, or the interface endpoint secretsmanager",
  ],
  [
    "secret without the key",
    {
      tasks: [
        notStarted(
          "ResourceInitializationError: unable to pull secrets or registry auth: retrieved secret from Secrets Manager did not contain json key hashes",
        ),
      ],
    },
    "a secret has no such JSON key: check the end of its ARN in `secrets`",
  ],
  [
    "log out of reach",
    {
      tasks: [
        notStarted(
          "ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist.",
        ),
      ],
    },
    "the task cannot write its log: the log group is gone, the execution role may not write to it, or the subnet does not reach the interface endpoint logs",
  ],
];

describe("probableCause, of a task that did not start", () => {
  for (const [name, evidence, sentence] of CASES) {
    it(name, () => {
      expect(probableCause({ ...NO_EVIDENCE, expected: EXPECTED, ...evidence })).to.equal(sentence);
    });
  }
});
