import { expect } from "chai";
import { adapt, type LocalOptions } from "../../../tools/local/adaptations.ts";
import { serviceSpec } from "../../../tools/local/spec.ts";
import type { Json } from "../../../tools/plan/types.ts";
import { fixturePlan, type Changes } from "./fixture/plan.ts";

const options = (changes: Partial<LocalOptions> = {}): LocalOptions => ({
  docker: false,
  dataFolder: ".local/dev",
  dataPath: "/repository/.local/dev",
  environment: {},
  secretFor: (name) => `stand-in-${name}`,
  platform: "linux/amd64",
  ...changes,
});

const local = (
  changes: Partial<LocalOptions> = {},
  container: Record<string, Json> = {},
  plan: Changes = {},
) => adapt(serviceSpec(fixturePlan(plan, container)), options(changes));

describe("adaptations of the local run", () => {
  it("gives our app SQLite, a stand-in key and a free port, and says so", () => {
    const service = local();

    expect(service).to.deep.equal({
      desiredCount: 2,
      environment: {
        // The SHA-256 of the key.
        API_KEY_HASHES: "local:1a30380db8097ab958e3195f6386b99ba7a4f162aa9058cb989a254f1b1d2a81",
        AWS_REGION: "eu-west-1",
        DATA_DIR: "/repository/.local/dev",
        KEEP_ALIVE_TIMEOUT_SECONDS: "65",
        PORT: "8080",
        STORE: "sqlite",
      },
      portVariable: "PORT",
      authorization: { header: "x-api-key", value: "stand-in-API_KEY_HASHES" },
      usesDataFolder: true,
      ulimits: [{ name: "nofile", softLimit: 65536, hardLimit: 65536 }],
      changes: [
        "STORE sqlite (was dynamodb)",
        "no TABLE_NAME",
        "DATA_DIR .local/dev",
        "PORT a free one for each task (was 8080)",
        "API_KEY_HASHES of the key stand-in-API_KEY_HASHES, made for this run",
        "log group -> this terminal, without its metric lines",
        "sleep schedule ignored",
        "no autoscaling (1 to 4 in the stack)",
        "no Spot interruptions",
        "container health check not run",
        "CPU and memory limits and the read-only file system not enforced (--docker does)",
      ],
    });
  });

  it("gives an app without STORE nothing of a store, and keeps its TABLE_NAME", () => {
    const service = local({}, { environment: [{ name: "TABLE_NAME", value: "t" }], secrets: [] });

    expect(service.environment).to.deep.equal({ AWS_REGION: "eu-west-1", TABLE_NAME: "t" });
    expect(service.usesDataFolder).to.equal(false);
    expect(service.authorization).to.equal(undefined);
    expect(service.changes[0]).to.equal("PORT a free one for each task (was 8080)");
  });

  it("limits an app on SQLite to one worker where the stack sets more", () => {
    const environment = [
      { name: "STORE", value: "dynamodb" },
      { name: "WORKERS", value: "4" },
      { name: "DATA_DIR", value: "/var/data" },
    ];

    const service = local({}, { environment, secrets: [] });

    expect(service.environment["WORKERS"]).to.equal("1");
    expect(service.changes.slice(0, 3)).to.deep.equal([
      "STORE sqlite (was dynamodb)",
      "WORKERS 1 (was 4)",
      "DATA_DIR .local/dev (was /var/data)",
    ]);
  });

  it("keeps data where the user wants it", () => {
    const service = local({ environment: { DATA_DIR: "/data" } });

    expect(service.environment).to.include({ STORE: "sqlite", DATA_DIR: "/data" });
    expect(service.usesDataFolder).to.equal(false);
    expect(service.changes)
      .to.include("DATA_DIR from --env")
      .and.not.include("DATA_DIR .local/dev");
  });

  it("keeps DynamoDB when the user names an emulator", () => {
    const service = local({ environment: { DYNAMODB_ENDPOINT: "http://127.0.0.1:4566" } });

    expect(service.environment).to.include({
      STORE: "dynamodb",
      TABLE_NAME: "storage-table-1a2b3c4",
      DYNAMODB_ENDPOINT: "http://127.0.0.1:4566",
    });
    expect(service.usesDataFolder).to.equal(false);
    expect(service.changes).to.include("DYNAMODB_ENDPOINT from --env");
  });

  it("takes variables of the user over everything, and no stand-in for a secret that is given", () => {
    const secrets = [
      { name: "DATABASE_URL", valueFrom: "arn:1" },
      { name: "TOKEN", valueFrom: "arn:2" },
    ];

    const service = local({ environment: { DATABASE_URL: "postgres://db" } }, { secrets });

    expect(service.environment).to.include({
      DATABASE_URL: "postgres://db",
      TOKEN: "stand-in-TOKEN",
    });
    expect(service.changes.slice(4, 6)).to.deep.equal([
      "secret TOKEN a stand-in (set it with --env TOKEN=...)",
      "DATABASE_URL from --env",
    ]);
  });

  it("publishes the container's own port with Docker, and names the platform it builds for", () => {
    const service = local({ docker: true, dataPath: "/data" });

    expect(service.portVariable).to.equal(undefined);
    expect(service.environment["DATA_DIR"]).to.equal("/data");
    expect(service.changes[3]).to.equal(
      "container port 8080 published on a free port for each task",
    );
    expect(service.changes.at(-1)).to.equal("image for linux/amd64 (was linux/arm64)");
  });

  it("gives a container as many open files as this machine has", () => {
    const few = local({ docker: true, maxOpenFiles: 20_000 });
    const enough = local({ docker: true, maxOpenFiles: 65_536 });

    expect(few.ulimits).to.deep.equal([{ name: "nofile", softLimit: 20_000, hardLimit: 20_000 }]);
    expect(few.changes.at(-1)).to.equal("nofile 20000 (was 65536)");
    expect(enough.ulimits).to.deep.equal([{ name: "nofile", softLimit: 65536, hardLimit: 65536 }]);
  });

  it("says when the number of tasks, the strategy or the image differ", () => {
    const service = local(
      { tasks: 1, pinnedImage: "repository@sha256:abc" },
      {},
      { "api-service": { deploymentConfiguration: { strategy: "CANARY" } } },
    );

    expect(service.desiredCount).to.equal(1);
    expect(service.changes).to.include.members([
      "1 task (was 2)",
      "the app of ./app (image repository@sha256:abc in the stack)",
      "tasks are replaced one by one (canary in the stack)",
    ]);
  });
});
