import { expect } from "chai";
import { ConfigError, readConfig } from "../src/config.ts";

const HASH = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

function refusal(env: Record<string, string>): string[] {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as ConfigError).message.split("\n");
  }
  return [];
}

describe("App configuration", () => {
  it("has a default for everything with SQLite", () => {
    expect(readConfig({})).to.deep.equal({
      port: 8080,
      host: undefined,
      keepAliveTimeoutSeconds: 65,
      drainDelaySeconds: 2,
      shutdownDeadlineSeconds: 25,
      requestTimeoutSeconds: 30,
      storeTimeoutSeconds: 5,
      bodyLimitBytes: 1_048_576,
      taskMemoryMiB: undefined,
      workers: 1,
      revision: "unknown",
      commit: undefined,
      store: "sqlite",
      dataDir: "./data",
      assetsPath: "/assets/",
      tableName: undefined,
      dynamodbEndpoint: undefined,
      logLevel: "info",
      auth: "none",
      apiKeys: [],
      rateLimitPerMinute: 0,
      slowRequestMilliseconds: 1000,
      maxRequestsInFlight: 1000,
      metricsNamespace: undefined,
    });
  });

  it("waits for the store for less than a request may take", () => {
    expect(readConfig({ REQUEST_TIMEOUT_SECONDS: "5" }).storeTimeoutSeconds).to.equal(4);
  });

  it("is frozen", () => {
    expect(Object.isFrozen(readConfig({}))).to.be.true;
  });

  it("takes an empty value for an absent one", () => {
    expect(readConfig({ PORT: "", STORE: " " }).port).to.equal(8080);
  });

  const workers: [string, number][] = [
    ["256", 1],
    ["512", 1],
    ["1024", 1],
    ["2048", 2],
    ["4096", 4],
  ];
  for (const [units, expected] of workers) {
    it(`starts ${expected} worker(s) with DynamoDB on ${units} CPU units`, () => {
      const env = { STORE: "dynamodb", TABLE_NAME: "t", TASK_CPU_UNITS: units };
      expect(readConfig(env).workers).to.equal(expected);
    });
  }

  it("starts one process with SQLite whatever the task's size", () => {
    expect(readConfig({ TASK_CPU_UNITS: "4096" }).workers).to.equal(1);
  });

  it("limits the rate by default only where API keys are demanded", () => {
    const env = { AUTH: "api-key", API_KEY_HASHES: `a:${HASH}` };
    expect(readConfig(env).rateLimitPerMinute).to.equal(6000);
  });

  it("reads names and hashes of API keys", () => {
    const { apiKeys } = readConfig({
      AUTH: "api-key",
      API_KEY_HASHES: ` web:${HASH}, app:${HASH},`,
    });
    expect(apiKeys).to.deep.equal([
      { name: "web", sha256: Buffer.from(HASH, "hex") },
      { name: "app", sha256: Buffer.from(HASH, "hex") },
    ]);
  });

  const refusals: [string, Record<string, string>, string[]][] = [
    [
      "a port that is no number",
      { PORT: "http" },
      ['PORT is "http", but has to be a whole number from 0 to 65535.'],
    ],
    [
      "a port out of range",
      { PORT: "70000" },
      ["PORT is 70000, but has to be a whole number from 0 to 65535."],
    ],
    [
      "a fraction where whole numbers are asked",
      { BODY_LIMIT_BYTES: "2000.5" },
      ['BODY_LIMIT_BYTES is "2000.5", but has to be a whole number from 1024 to 104857600.'],
    ],
    [
      "a negative delay",
      { DRAIN_DELAY_SECONDS: "-1" },
      ['DRAIN_DELAY_SECONDS is "-1", but has to be a number from 0 to 600.'],
    ],
    [
      "an unknown store",
      { STORE: "mysql" },
      ['STORE is "mysql", but has to be one of: sqlite, dynamodb.'],
    ],
    [
      "DynamoDB without a table",
      { STORE: "dynamodb" },
      ["TABLE_NAME is not set, but STORE=dynamodb needs the name of its table."],
    ],
    [
      "several workers on SQLite",
      { WORKERS: "2" },
      ["WORKERS is 2, but STORE=sqlite has one writer: set WORKERS to 1 or STORE to dynamodb."],
    ],
    [
      "a drain that outlasts the deadline",
      { DRAIN_DELAY_SECONDS: "30" },
      ["DRAIN_DELAY_SECONDS is 30, but has to be below SHUTDOWN_DEADLINE_SECONDS (25)."],
    ],
    [
      "API keys demanded but not given",
      { AUTH: "api-key" },
      [
        "API_KEY_HASHES is not set, but AUTH=api-key needs at least one entry name:sha256 (in hexadecimal).",
      ],
    ],
    [
      "two keys of one name",
      { API_KEY_HASHES: `a:${HASH},a:${HASH}` },
      ['API_KEY_HASHES has two entries named "a"; give each key its own name.'],
    ],
    [
      "a task memory below the least that runs",
      { TASK_MEMORY_MIB: "64" },
      ["TASK_MEMORY_MIB is 64, but has to be a whole number from 128 to 1048576."],
    ],
  ];
  for (const [what, env, problems] of refusals) {
    it(`refuses ${what}`, () => {
      expect(refusal(env)).to.deep.equal(problems);
    });
  }

  it("never shows what was given as a hash, since it may be the key", () => {
    expect(refusal({ API_KEY_HASHES: "web:my-secret-key" })).to.deep.equal([
      "API_KEY_HASHES entry 1 is refused: write name:sha256, the hash as 64 hexadecimal digits.",
    ]);
  });

  it("names all problems at once", () => {
    expect(refusal({ PORT: "x", AUTH: "maybe", STORE: "dynamodb" })).to.deep.equal([
      'AUTH is "maybe", but has to be one of: none, api-key.',
      "TABLE_NAME is not set, but STORE=dynamodb needs the name of its table.",
      'PORT is "x", but has to be a whole number from 0 to 65535.',
    ]);
  });
});
