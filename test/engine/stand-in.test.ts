import * as grpc from "@grpc/grpc-js";
import providers from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { expect } from "chai";
import structs from "google-protobuf/google/protobuf/struct_pb.js";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { UNKNOWN, wireSecret, type WireMap } from "@koa-fargate/workbench/plan/wire.ts";

const URN = "urn:pulumi:dev::shop::docker:index/image:Image::image";

/** The stand-in of docker's plugin, asked as the engine asks it: also where no Pulumi CLI is on PATH. */
describe("the stand-in of docker's plugin", function () {
  let plugin: ChildProcess;
  let client: InstanceType<typeof providers.ResourceProviderClient>;

  before(async () => {
    plugin = spawn(process.execPath, [path.join(import.meta.dirname, "stand-in.ts"), "docker"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    if (plugin.stdout === null) throw new Error("the stand-in has no output");
    const [port] = (await once(createInterface(plugin.stdout), "line")) as [string];
    client = new providers.ResourceProviderClient(
      `127.0.0.1:${port}`,
      grpc.credentials.createInsecure(),
    );
  });

  after(async () => {
    client.close();
    const ended = once(plugin, "exit");
    plugin.kill();
    await ended;
  });

  /** Message of the refusal, empty where the inputs are taken. */
  const check = (inputs: WireMap): Promise<string> => {
    const request = new messages.CheckRequest();
    request.setUrn(URN);
    request.setOlds(structs.Struct.fromJavaScript({}));
    request.setNews(structs.Struct.fromJavaScript(inputs));
    return new Promise((resolve) => {
      client.check(request, (error: grpc.ServiceError | null) => {
        resolve(error?.details ?? "");
      });
    });
  };

  it("refuses an unknown where the plugin panics, and takes it elsewhere", async () => {
    expect(await check({ imageName: UNKNOWN, skipPush: false })).to.equal("");
    for (const skipPush of [UNKNOWN, wireSecret(UNKNOWN)])
      expect(await check({ imageName: "a/b:c", skipPush })).to.match(
        /^docker:index\/image:Image: skipPush is not known in a first preview/,
      );
  });
});
