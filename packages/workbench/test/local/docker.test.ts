import { expect } from "chai";
import { containerArguments } from "../../src/local/docker.ts";
import { serviceSpec } from "../../src/local/spec.ts";
import { fixturePlan } from "./fixture/plan.ts";

describe("docker run of a task", () => {
  it("follows the task definition", () => {
    const settings = {
      spec: serviceSpec(fixturePlan()),
      image: "koa-fargate-local:app-1",
      environment: { PORT: "8080", PATH: "/nodejs/bin" },
      dataFolder: "/repository/.local/dev-docker",
    };

    expect(containerArguments(settings, "task-1", 41_000).join(" ")).to.equal(
      "run --rm --name task-1 --publish 127.0.0.1:41000:8080 --memory 512m --memory-swap 512m --cpus 0.25" +
        " --read-only --tmpfs /tmp --cap-drop ALL --user 65532:65532 --ulimit nofile=65536:65536" +
        " --volume /repository/.local/dev-docker:/data --env PORT --env PATH=/nodejs/bin" +
        " --entrypoint node koa-fargate-local:app-1 dist/server.js",
    );
  });

  it("leaves the command to the image where the task definition does", () => {
    const settings = {
      spec: serviceSpec(fixturePlan({}, { entryPoint: null, command: null })),
      image: "image",
      environment: {},
    };

    expect(containerArguments(settings, "task-1", 41_000).slice(-2)).to.deep.equal([
      "nofile=65536:65536",
      "image",
    ]);
  });

  it("asks for nothing that the task definition leaves open", () => {
    const open = {
      readonlyRootFilesystem: null,
      user: null,
      linuxParameters: null,
      ulimits: null,
      mountPoints: null,
    };
    const settings = {
      spec: serviceSpec(fixturePlan({}, open)),
      image: "image",
      environment: {},
    };

    expect(containerArguments(settings, "task-1", 41_000).join(" ")).to.equal(
      "run --rm --name task-1 --publish 127.0.0.1:41000:8080 --memory 512m --memory-swap 512m --cpus 0.25" +
        " --entrypoint node image dist/server.js",
    );
  });
});
