import { expect } from "chai";
import { probableCause } from "../../../src/live/verification/causes.ts";
import { NO_EVIDENCE } from "../../../src/live/verification/evidence.ts";
import { exited, EXPECTED, unhealthy, type Case } from "./failures.ts";

const CASES: readonly Case[] = [
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
    "a folder that it may not make, whose name looks like a port",
    {
      tasks: [exited(1)],
      logLines: ["Error: EACCES: permission denied, mkdir './data:8080'"],
    },
    "the app may not touch a file or folder (it does not run as root, and only /tmp is writable): \"Error: EACCES: permission denied, mkdir './data:8080'\" (last line of the log)",
  ],
  [
    "a code without its call",
    { tasks: [exited(1)], logLines: ["failed with EACCES on :8080"] },
    'the app ended with exit code 1: "failed with EACCES on :8080" (last line of the log)',
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
