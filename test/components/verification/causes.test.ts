import { expect } from "chai";
import { probableCause } from "../../../components/verification/causes.ts";
import {
  NO_EVIDENCE,
  type Evidence,
  type FailedTask,
} from "../../../components/verification/evidence.ts";

const EXPECTED: Evidence["expected"] = {
  containerPort: 8080,
  healthPath: "/readyz",
  healthTimeoutSeconds: 5,
  cpuArchitecture: "ARM64",
  memoryMiB: 512,
};

const exited = (exitCode: number, containerReason?: string): FailedTask => ({
  id: "1f0c2d",
  stopCode: "EssentialContainerExited",
  stoppedReason: "Essential container in task exited",
  exitCode,
  stoppedAt: 0,
  ...(containerReason === undefined ? {} : { containerReason }),
});

const notStarted = (stoppedReason: string): FailedTask => ({
  id: "1f0c2d",
  stopCode: "TaskFailedToStart",
  stoppedReason,
  stoppedAt: 0,
});

const unhealthy = (reason: string, description = "") => [{ count: 1, reason, description }];

/** Name of the failure, what was found, and the sentence. The texts of AWS are those of its "Stopped tasks error messages". */
const CASES: readonly [string, Partial<Evidence>, string | undefined][] = [
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
  [
    "out of memory, by the container",
    {
      tasks: [exited(137, "OutOfMemoryError: Container killed due to memory usage")],
    },
    "the task used more than 512 MiB and was killed: raise taskMemoryMiB or look for a leak",
  ],
  [
    "out of memory, by the heap",
    {
      tasks: [exited(134)],
      logLines: [
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "----- Native stack trace -----",
      ],
    },
    "the app ran out of JavaScript heap in a task of 512 MiB: raise taskMemoryMiB or look for a leak",
  ],
  [
    "killed",
    { tasks: [exited(137)] },
    "the container was killed (exit code 137), by the memory limit of 512 MiB or because it did not end within the stop timeout",
  ],
  [
    "variable missing, in a stack trace",
    {
      tasks: [exited(1)],
      logLines: [
        "/app/dist/server.js:12",
        "Error: TABLE_NAME is not set",
        "    at Object.<anonymous> (/app/dist/server.js:12:9)",
        "",
        "Node.js v24.21.0",
      ],
    },
    'the app refused its configuration: "Error: TABLE_NAME is not set" (last line of the log)',
  ],
  [
    "variable missing, by a schema",
    {
      tasks: [exited(1)],
      logLines: ['{"level":"error","message":"invalid environment: PORT must be a number"}', "bye"],
    },
    'the app refused its configuration: "invalid environment: PORT must be a number"',
  ],
  [
    "module missing",
    {
      tasks: [exited(1)],
      logLines: ["Error: Cannot find module 'pg'", "    at Module._resolveFilename"],
    },
    "the image lacks a file of the app: \"Error: Cannot find module 'pg'\" (last line of the log)",
  ],
  [
    "read-only file system",
    {
      tasks: [exited(1)],
      logLines: ["Error: EROFS: read-only file system, open '/app/cache.json'"],
    },
    "the app writes outside /tmp, and the root file system is read-only: \"Error: EROFS: read-only file system, open '/app/cache.json'\" (last line of the log)",
  ],
  [
    "low port",
    {
      tasks: [exited(1)],
      logLines: ["Error: listen EACCES: permission denied 0.0.0.0:80"],
    },
    'the app may not open its port (below 1024 it would need root): "Error: listen EACCES: permission denied 0.0.0.0:80" (last line of the log)',
  ],
  [
    "task role",
    {
      tasks: [exited(1)],
      logLines: [
        "AccessDeniedException: User: arn:aws:sts::1:assumed-role/task is not authorized to perform: dynamodb:PutItem",
      ],
    },
    'the task role lacks a permission: "AccessDeniedException: User: arn:aws:sts::1:assumed-role/task is not authorized to perform: dynamodb:PutItem" (last line of the log)',
  ],
  [
    "database out of reach",
    { tasks: [exited(1)], logLines: ["Error: connect ECONNREFUSED 10.0.3.4:5432"] },
    'the app cannot reach something that it depends on (egressPorts, routes, name): "Error: connect ECONNREFUSED 10.0.3.4:5432" (last line of the log)',
  ],
  [
    "another port",
    {
      unhealthy: unhealthy("Target.FailedHealthChecks", "Health checks failed"),
      logLines: ["Server listening on port 3000"],
    },
    "the app listens on port 3000, but containerPort is 8080: listen on PORT, or set containerPort to 3000",
  ],
  [
    "another port, as a URL",
    {
      unhealthy: unhealthy("Target.FailedHealthChecks", "Health checks failed"),
      logLines: ['{"msg":"ready on http://0.0.0.0:4000"}'],
    },
    "the app listens on port 4000, but containerPort is 8080: listen on PORT, or set containerPort to 4000",
  ],
  [
    "health path missing",
    {
      unhealthy: unhealthy(
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [404]",
      ),
      logLines: ["listening on 8080"],
    },
    "the app has no /readyz: it answers 404. Serve it, or set healthPath",
  ],
  [
    "not ready",
    {
      events: [
        "(service api) (port 8080) is unhealthy in (target-group arn:aws:x) due to (reason Health checks failed with these codes: [503])",
      ],
    },
    "the app says on /readyz that it is not ready (503): it waits for something it depends on",
  ],
  [
    "health path protected",
    {
      unhealthy: unhealthy(
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [401]",
      ),
    },
    "/readyz answers 401: the health check brings no credentials, so it has to be open",
  ],
  [
    "health path fails",
    {
      unhealthy: unhealthy(
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [500, 502]",
      ),
    },
    "/readyz answers 500, 502, but the health check wants 200",
  ],
  [
    "health check slow",
    { unhealthy: unhealthy("Target.Timeout", "Request timed out") },
    "/readyz does not answer within 5 s: the app is too slow to start, listens on 127.0.0.1 alone, or its port 8080 is closed",
  ],
  [
    "nothing listens",
    { unhealthy: unhealthy("Target.FailedHealthChecks", "Health checks failed") },
    "nothing healthy answers on port 8080, path /readyz: the app listens elsewhere, or not in time (healthCheckGracePeriodSeconds)",
  ],
  [
    "container health check",
    {
      tasks: [
        {
          id: "a",
          stopCode: "ServiceSchedulerInitiated",
          stoppedReason: "Task failed container health checks",
          exitCode: 143,
          stoppedAt: 0,
        },
      ],
    },
    "the health check inside the container (livenessPath) fails: the process does not answer it",
  ],
  [
    "no capacity",
    {
      events: [
        "(service api) was unable to place a task. Reason: Capacity is unavailable at this time. Please try again later or in a different availability zone.",
      ],
    },
    "Fargate has no capacity for such tasks right now: retry, spread over more zones, or lower spotPercent",
  ],
  [
    "quota",
    {
      events: [
        "(service api) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.",
      ],
    },
    "the account's quota of Fargate vCPUs is used up: ask AWS to raise it",
  ],
  [
    "trust",
    {
      events: [
        "(service api) failed to launch a task with (error ECS was unable to assume the role 'arn:aws:iam::1:role/x' that was provided for this task.)",
      ],
    },
    "ECS may not assume the task's role: check its trust policy",
  ],
  [
    "ended well",
    { tasks: [exited(0)], logLines: ["done"] },
    'the app ended by itself, with exit code 0; a service has to keep running: "done" (last line of the log)',
  ],
  [
    "command missing",
    { tasks: [exited(127)] },
    "the container's command does not exist in the image (exit code 127)",
  ],
  [
    "segmentation fault",
    { tasks: [exited(139)] },
    "the process crashed in native code (exit code 139, segmentation fault)",
  ],
  [
    "unknown crash",
    { tasks: [exited(3)], logLines: ["\u001b[31mboom\u001b[0m", "    at f (x.js:1:1)"] },
    'the app ended with exit code 3: "boom" (last line of the log)',
  ],
  [
    "alarm",
    { triggeredAlarms: ["errors-1a2b"] },
    "the new revision raised errors-1a2b: look at its errors and latency in the dashboard",
  ],
];

describe("probableCause", () => {
  for (const [name, evidence, sentence] of CASES) {
    it(name, () => {
      expect(probableCause({ ...NO_EVIDENCE, expected: EXPECTED, ...evidence })).to.equal(sentence);
    });
  }

  it("says nothing of a wrong port where nothing failed", () => {
    expect(
      probableCause({
        ...NO_EVIDENCE,
        expected: EXPECTED,
        logLines: ["listening on port 3000"],
      }),
    ).to.equal(undefined);
  });
});
