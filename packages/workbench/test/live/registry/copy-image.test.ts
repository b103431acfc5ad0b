import { expect } from "chai";
import { once } from "node:events";
import { copyImage, imageArchitecture } from "../../../src/live/registry/copy-image.ts";
import { RegistryClient, type Patience } from "../../../src/live/registry/registry-client.ts";
import { RegistryServer } from "./registry-server.ts";

const INDEX = "application/vnd.oci.image.index.v1+json";
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";
const AUTHORIZATION = "Basic QVdTOnRva2Vu";

describe("copyImage", () => {
  let source: RegistryServer;
  let target: RegistryServer;
  const servers: RegistryServer[] = [];

  async function start(): Promise<RegistryServer> {
    const registry = new RegistryServer(AUTHORIZATION);
    registry.server.listen(0, "127.0.0.1");
    await once(registry.server, "listening");
    servers.push(registry);
    return registry;
  }

  const client = (
    registry: RegistryServer,
    name: string,
    authorization = AUTHORIZATION,
    patience?: Patience,
  ) => new RegistryClient({ host: `127.0.0.1:${registry.port}`, name, authorization }, patience);

  /** An image of two layers and a configuration in `dev/app`. */
  function addImage(registry: RegistryServer, content: string): string {
    const big = registry.addBlob("dev/app", Buffer.alloc(300_000, content));
    const small = registry.addBlob("dev/app", Buffer.from(`small ${content}`));
    const config = registry.addBlob(
      "dev/app",
      Buffer.from(`{"architecture":"arm64","of":"${content}"}`),
    );
    return registry.addManifest("dev/app", MANIFEST, { config, layers: [big, small] }).digest;
  }

  beforeEach(async () => {
    source = await start();
    target = await start();
  });

  afterEach(() => {
    for (const { server } of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  const copy = (digest: string, to = target) =>
    copyImage(client(source, "dev/app"), client(to, "prod/app"), digest, "pinned-1");

  it("copies an image to another registry under the same digest, through storage redirects", async () => {
    source.redirects = true;
    const digest = addImage(source, "a");

    const report = await copy(digest);

    expect(report).to.deep.equal({ sent: 3, present: 0, mounted: 0, bytes: 300_000 + 7 + 33 });
    expect(target.manifests.get("prod/app/pinned-1")).to.deep.equal(
      source.manifests.get(`dev/app/${digest}`),
    );
    expect([...target.blobs.values()]).to.have.deep.members([...source.blobs.values()]);
  });

  it("sends nothing twice", async () => {
    const digest = addImage(source, "a");
    await copy(digest);
    expect(await copy(digest)).to.deep.equal({ sent: 0, present: 3, mounted: 0, bytes: 0 });
  });

  it("takes layers over inside one registry, where it can", async () => {
    const digest = addImage(source, "a");
    source.mounts = true;
    expect(await copy(digest, source)).to.deep.equal({ sent: 0, present: 0, mounted: 3, bytes: 0 });
    expect(source.manifests.has("prod/app/pinned-1")).to.be.true;
  });

  it("sends layers inside one registry where it cannot", async () => {
    const digest = addImage(source, "a");
    const report = await copy(digest, source);
    expect([report.sent, report.mounted]).to.deep.equal([3, 0]);
  });

  it("copies every image of a manifest list, and the list last", async () => {
    const children = ["a", "b"].map((content) => ({ digest: addImage(source, content), size: 1 }));
    const { digest } = source.addManifest("dev/app", INDEX, { manifests: children });

    await copy(digest);

    expect(target.manifests.get("prod/app/pinned-1")?.mediaType).to.equal(INDEX);
    expect(
      target.requests.filter((request) => request.startsWith("PUT /v2/prod/app/manifests")),
    ).to.deep.equal([
      ...children.map((child) => `PUT /v2/prod/app/manifests/${child.digest}`),
      "PUT /v2/prod/app/manifests/pinned-1",
    ]);
    expect(await imageArchitecture(client(source, "dev/app"), digest)).to.equal(undefined);
  });

  it("tells the processor that an image is built for", async () => {
    const digest = addImage(source, "a");
    expect(await imageArchitecture(client(source, "dev/app"), digest)).to.equal("arm64");
  });

  const failing = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => "nothing failed",
      (error: unknown) => (error as Error).message,
    );

  it("leaves no tag behind when a layer does not arrive as it was sent", async () => {
    source.corrupt = true;
    const message = await failing(copy(addImage(source, "a")));
    expect(message).to.match(
      /^The registry 127\.0\.0\.1:\d+ did not let us write the layer [0-9a-f]{12} in prod\/app: HTTP 400 DIGEST_INVALID$/,
    );
    expect([...target.manifests.keys()]).to.deep.equal([]);
  });

  it("refuses a manifest that is not what its digest says", async () => {
    const digest = addImage(source, "a");
    const other = source.manifests.get(`dev/app/${addImage(source, "b")}`);
    if (other !== undefined) source.manifests.set(`dev/app/${digest}`, other);
    expect(await failing(copy(digest))).to.match(
      /answered with other content than sha256:[0-9a-f]{64}\. Nothing was copied\.$/,
    );
  });

  it("says that the image is not there", async () => {
    const message = await failing(copy(`sha256:${"0".repeat(64)}`));
    expect(message).to.match(
      /^The registry 127\.0\.0\.1:\d+ did not let us read the image 000000000000 in dev\/app: HTTP 404 /,
    );
  });

  it("says that the credentials are refused", async () => {
    const digest = addImage(source, "a");
    const message = await failing(
      copyImage(client(source, "dev/app", "Basic bm8="), client(target, "prod/app"), digest, "t"),
    );
    expect(message).to.match(/HTTP 401$/);
  });

  it("a layer may take longer than an answer may be waited for", async () => {
    const body = Buffer.alloc(10_000, "a");
    const { digest } = source.addBlob("dev/app", body);
    source.pause = 150;
    const patient = client(source, "dev/app", AUTHORIZATION, { answer: 1000, content: 60_000 });

    await client(target, "prod/app").putBlob(digest, await patient.blob(digest));

    expect(target.blobs.get(`prod/app/${digest}`)?.equals(body)).to.equal(true);
  });

  it("says which registry stopped in the middle of a layer", async () => {
    const { digest } = source.addBlob("dev/app", Buffer.alloc(10_000, "a"));
    source.pause = Infinity;
    const impatient = client(source, "dev/app", AUTHORIZATION, { answer: 60_000, content: 200 });

    const work = client(target, "prod/app").putBlob(digest, await impatient.blob(digest));

    expect(await failing(work)).to.equal(
      `The registry 127.0.0.1:${source.port} stopped in the middle of an answer: nothing came for 0.2 s. Try again.`,
    );
    expect([...target.blobs.keys()]).to.deep.equal([]);
  });

  it("says that a registry does not answer", async () => {
    source.silent = true;
    const impatient = client(source, "dev/app", AUTHORIZATION, { answer: 200, content: 60_000 });

    expect(await failing(impatient.manifest(`sha256:${"0".repeat(64)}`))).to.equal(
      `The registry 127.0.0.1:${source.port} does not answer: it said nothing for 0.2 s. Try again.`,
    );
  });

  it("does not move a tag that stands for another image", async () => {
    await copy(addImage(source, "a"));
    expect(await failing(copy(addImage(source, "b")))).to.match(
      /HTTP 400 the tag already exists and is immutable$/,
    );
  });
});
