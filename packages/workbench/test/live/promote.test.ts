import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ECR } from "@aws-sdk/client-ecr";
import { expect } from "chai";
import { once } from "node:events";
import { createClients } from "../../src/live/verification/clients.ts";
import { answers, taskDefinition, type World } from "./verification/answers.ts";
import { stubSend, type Answers, type Call } from "./verification/stub.ts";
import { FakePulumi, outputsOf, runCommandLine, type Setting } from "./harness.ts";
import { RegistryServer } from "./registry/registry-server.ts";

const TOKEN = "QVdTOnRva2Vu";

describe("npm run promote", () => {
  let registry: RegistryServer;
  let host: string;
  let digest: string;
  let pulumi: FakePulumi;
  let calls: Record<string, Call[]>;

  beforeEach(async () => {
    registry = new RegistryServer(`Basic ${TOKEN}`);
    registry.server.listen(0, "127.0.0.1");
    await once(registry.server, "listening");
    host = `127.0.0.1:${registry.port}`;
    digest = addImage("arm64");
    calls = {};
    const stack = (name: string, revision: number) => ({
      ...outputsOf(name, revision),
      repositoryUrl: `${host}/${name}`,
      // The profile that the stub tells the stacks by.
      clusterName: name,
    });
    pulumi = new FakePulumi({ dev: stack("dev", 43), prod: stack("prod", 7) });
  });

  afterEach(() => {
    registry.server.closeAllConnections();
    registry.server.close();
  });

  function addImage(architecture: string): string {
    const layer = registry.addBlob("dev", Buffer.from(`layer ${architecture}`));
    const config = registry.addBlob("dev", Buffer.from(JSON.stringify({ architecture })));
    const type = "application/vnd.oci.image.manifest.v1+json";
    return registry.addManifest("dev", type, { config, layers: [layer] }).digest;
  }

  const GOOD: World = {
    deployment: { status: "SUCCESSFUL", target: { revision: 43, running: 3 } },
  };
  const PROD: World = {
    deployment: { status: "SUCCESSFUL", target: { revision: 7, running: 3 } },
  };

  /** Two accounts, told by their profiles. */
  function connect(dev: World): NonNullable<Setting["connect"]> {
    const table = (profile: string): Answers => ({
      ...answers(profile === "dev" ? dev : PROD),
      DescribeTaskDefinition: ({ taskDefinition: arn }: { taskDefinition: string }) => ({
        taskDefinition: {
          runtimePlatform: { cpuArchitecture: "ARM64" },
          containerDefinitions: [
            { image: arn === taskDefinition(7) ? `${host}/prod@${OLD}` : `${host}/dev@${digest}` },
          ],
        },
      }),
      GetAuthorizationToken: { authorizationData: [{ authorizationToken: TOKEN }] },
      DescribeImages: {
        imageDetails: [
          { imageDigest: OLD, imageTags: ["app-1"] },
          // What the registry got meanwhile.
          ...(registry.manifests.has(`prod/${digest}`)
            ? [{ imageDigest: digest, imageTags: [`pinned-${digest.slice(7, 19)}`] }]
            : []),
        ],
      },
      GetLifecyclePolicy: { lifecyclePolicyText: '{"rules":[]}' },
      BatchGetImage: { images: [{ imageManifest: "{}" }] },
      PutImage: {},
    });
    return (_region, profile = "") => {
      const clients = {
        ...createClients({ region: "eu-west-1" }),
        ecr: new ECR({ region: "eu-west-1" }),
        dynamodb: new DynamoDB({ region: "eu-west-1" }),
      };
      calls[profile] = stubSend(Object.values(clients), () => table(profile));
      return clients;
    };
  }

  const OLD = `sha256:${"0".repeat(64)}`;
  const promote = (dev: World, ...more: string[]) =>
    runCommandLine(
      ["promote", "dev", "prod", "--source-profile", "dev", "--target-profile", "prod", ...more],
      { pulumi, connect: connect(dev) },
    );

  it("copies what the source runs, pins and tags it, and sets the target's configuration", async () => {
    const { code, stdout, stderr } = await promote(GOOD);
    const short = digest.slice(7, 19);

    expect([code, stderr]).to.deep.equal([
      0,
      ["layers: 2 sent (0.0 MB), 0 there already, 0 taken over inside the registry"],
    ]);
    expect(stdout).to.deep.equal([
      `prod is to run ${short} (release-20260301T123000Z-${short}), which dev runs. Deploy it: pulumi up --stack prod`,
    ]);
    expect(registry.manifests.get(`prod/pinned-${short}`)).to.deep.equal(
      registry.manifests.get(`dev/${digest}`),
    );
    const tagged = calls["prod"]?.filter(({ command }) => command === "PutImage") ?? [];
    expect(tagged.map(({ input }) => [input["imageDigest"], input["imageTag"]])).to.deep.equal([
      // What prod runs is pinned first.
      [OLD, "pinned-000000000000"],
      [digest, `release-20260301T123000Z-${short}`],
      [OLD, "pinned-000000000000"],
    ]);
    expect(pulumi.written).to.deep.equal([
      { stack: "prod", values: { image: `${host}/prod@${digest}` } },
    ]);
    expect(pulumi.ups).to.deep.equal([]);
  });

  it("deploys with --up", async () => {
    const { stdout } = await promote(GOOD, "--up", "--yes", "--json");
    expect(pulumi.ups).to.deep.equal([{ stack: "prod", yes: true }]);
    expect(JSON.parse(stdout.join(""))).to.deep.equal({
      source: "dev",
      target: "prod",
      image: `${host}/prod@${digest}`,
      tag: `release-20260301T123000Z-${digest.slice(7, 19)}`,
      sent: 2,
      present: 0,
      mounted: 0,
      bytes: 11 + 24,
    });
  });

  const unproven: [string, World, string][] = [
    [
      "is being deployed",
      { primary: 43, deployment: { status: "IN_PROGRESS", target: { revision: 43 } } },
      "in progress",
    ],
    [
      "was rolled back",
      {
        primary: 42,
        deployment: {
          status: "ROLLBACK_SUCCESSFUL",
          target: { revision: 43 },
          source: { revision: 42 },
        },
      },
      "rollback successful",
    ],
  ];
  for (const [name, world, status] of unproven) {
    it(`does not promote what ${name}`, async () => {
      const { code, stderr } = await promote(world);
      expect([code, stderr, pulumi.written]).to.deep.equal([
        1,
        [
          `Stack dev does not run what it asked for (revision 43, deployment ${status}), so there is nothing proven to promote. \`npm run verify -- dev\` says why.`,
        ],
        [],
      ]);
    });
  }

  it("does not promote an image for another processor", async () => {
    digest = addImage("amd64");
    const { code, stderr } = await promote(GOOD);
    expect([code, stderr, pulumi.written]).to.deep.equal([
      1,
      [
        "The image is built for amd64, but the tasks of stack prod are ARM64. Give both stacks the same cpuArchitecture.",
      ],
      [],
    ]);
  });

  it("does not promote a stack to itself", async () => {
    const { code, stderr } = await runCommandLine(["promote", "dev", "dev"], { pulumi });
    expect([code, stderr]).to.deep.equal([2, ["dev cannot be promoted to itself."]]);
  });
});
