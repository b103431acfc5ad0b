import { expect } from "chai";
import { adapt, type LocalOptions } from "../../src/local/adaptations.ts";
import { serviceSpec } from "../../src/local/spec.ts";
import type { Json } from "../../src/plan/types.ts";
import { NO_SUBSTITUTIONS, type Substitutions } from "../../src/local/substitutions.ts";
import { fixturePlan, type Changes } from "./fixture/plan.ts";

/** An app that keeps files where it has no Redis, and takes hashes of the tokens that callers send. */
const FILES: Substitutions = {
  environment: {
    CACHE: "files",
    TABLE_NAME: null,
    THREADS: "1",
    CACHE_FOLDER: "{dataFolder}/cache",
  },
  unless: "REDIS_URL",
  secrets: { ACCESS_HASHES: { value: "local:{sha256}", header: "x-access" } },
};

const options = (changes: Partial<LocalOptions> = {}): LocalOptions => ({
  docker: false,
  dataFolder: ".local/dev",
  dataPath: "/repository/.local/dev",
  environment: {},
  secretFor: (name) => `stand-in-${name}`,
  platform: "linux/amd64",
  substitutions: FILES,
  ...changes,
});

const local = (
  changes: Partial<LocalOptions> = {},
  container: Record<string, Json> = {},
  plan: Changes = {},
) => adapt(serviceSpec(fixturePlan(plan, container)), options(changes));

describe("adaptations of the local run", () => {
  it("gives an app what its package.json asks for, a stand-in key and a free port, and says so", () => {
    const service = local();

    expect(service).to.deep.equal({
      desiredCount: 2,
      environment: {
        // The SHA-256 of the stand-in.
        ACCESS_HASHES: "local:36d0a4c0dd6b86fd3006287040324a09478f920df7f5a1e9e038ce3f38c48b73",
        AWS_REGION: "eu-west-1",
        CACHE: "files",
        CACHE_FOLDER: "/repository/.local/dev/cache",
        KEEP_ALIVE_TIMEOUT_SECONDS: "65",
        PORT: "8080",
      },
      portVariable: "PORT",
      authorization: { header: "x-access", value: "stand-in-ACCESS_HASHES" },
      usesDataFolder: true,
      ulimits: [{ name: "nofile", softLimit: 65536, hardLimit: 65536 }],
      substituted: ["CACHE files (was redis)", "no TABLE_NAME", "CACHE_FOLDER .local/dev/cache"],
      changes: [
        "CACHE files (was redis)",
        "no TABLE_NAME",
        "CACHE_FOLDER .local/dev/cache",
        "PORT a free one for each task (was 8080)",
        "ACCESS_HASHES of the key stand-in-ACCESS_HASHES, made for this run",
        "log group -> this terminal, without its metric lines",
        "sleep schedule ignored",
        "no autoscaling (1 to 4 in the stack)",
        "no Spot interruptions",
        "container health check not run",
        "CPU and memory limits and the read-only file system not enforced (--docker does)",
      ],
    });
  });

  it("changes nothing for an app that asks for nothing", () => {
    const service = local({ substitutions: NO_SUBSTITUTIONS });

    expect(service.environment).to.deep.equal({
      ACCESS_HASHES: "stand-in-ACCESS_HASHES",
      AWS_REGION: "eu-west-1",
      CACHE: "redis",
      KEEP_ALIVE_TIMEOUT_SECONDS: "65",
      PORT: "8080",
      TABLE_NAME: "storage-table-1a2b3c4",
    });
    expect(service.usesDataFolder).to.equal(false);
    expect(service.authorization).to.equal(undefined);
    expect(service.changes.slice(0, 2)).to.deep.equal([
      "PORT a free one for each task (was 8080)",
      "secret ACCESS_HASHES a stand-in (set it with --env ACCESS_HASHES=...)",
    ]);
  });

  it("changes only variables that the container has and that differ, and names what they were", () => {
    const environment = [
      { name: "CACHE", value: "files" },
      { name: "THREADS", value: "4" },
      { name: "CACHE_FOLDER", value: "/var/cache" },
    ];

    const service = local({}, { environment, secrets: [] });

    expect(service.environment).to.deep.equal({
      AWS_REGION: "eu-west-1",
      CACHE: "files",
      CACHE_FOLDER: "/repository/.local/dev/cache",
      THREADS: "1",
    });
    expect(service.substituted).to.deep.equal([
      "THREADS 1 (was 4)",
      "CACHE_FOLDER .local/dev/cache (was /var/cache)",
    ]);
  });

  it("leaves the data folder alone where the user names another", () => {
    const service = local({ environment: { CACHE_FOLDER: "/elsewhere" } });

    expect(service.environment).to.include({ CACHE: "files", CACHE_FOLDER: "/elsewhere" });
    expect(service.usesDataFolder).to.equal(false);
    expect(service.changes)
      .to.include("CACHE_FOLDER from --env")
      .and.not.include("CACHE_FOLDER .local/dev/cache");
  });

  it("keeps the stack's variables when the user gives what makes them work here", () => {
    const service = local({ environment: { REDIS_URL: "redis://127.0.0.1" } });

    expect(service.environment).to.include({
      CACHE: "redis",
      TABLE_NAME: "storage-table-1a2b3c4",
      REDIS_URL: "redis://127.0.0.1",
    });
    expect([service.usesDataFolder, service.substituted]).to.deep.equal([false, []]);
    expect(service.authorization?.header).to.equal("x-access");
    expect(service.changes).to.include("REDIS_URL from --env");
  });

  it("gives a secret's stand-in in the form that the app wants, without a header to nobody", () => {
    const form = { value: "{secret}:{sha256}:{secret}" };
    const service = local({
      substitutions: { environment: {}, secrets: { ACCESS_HASHES: form } },
      secretFor: () => "$&",
    });

    expect(service.environment["ACCESS_HASHES"]).to.equal(
      "$&:2b5e39ebc1320e76fd291ceb44a15e59b2ec7751a97350adebdbaa0c27a4d0d3:$&",
    );
    expect(service.authorization).to.equal(undefined);
  });

  it("says how a process starts in place of the image's own command", () => {
    const startDifference = "the start script of ./app";

    expect(local({ startDifference }).changes).to.include(startDifference);
    expect(local({ startDifference, docker: true }).changes).not.to.include(startDifference);
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
    expect(service.environment["CACHE_FOLDER"]).to.equal("/data/cache");
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
