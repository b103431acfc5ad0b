import { expect } from "chai";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packageNamespaces, unreadNamespaces } from "../../src/project/namespaces.ts";

const PULUMI = { "@pulumi/pulumi": "3.0.0" };

describe("Namespaces of packages", () => {
  let root: string;
  const install = (folder: string, manifest: object): void => {
    const place = path.join(root, folder);
    mkdirSync(place, { recursive: true });
    writeFileSync(path.join(place, "package.json"), JSON.stringify(manifest));
  };
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), "namespaces-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  it("of this project are those of its providers, and of theirs", () => {
    expect(
      [...packageNamespaces(path.resolve(import.meta.dirname, "../../../.."))].sort(),
    ).to.deep.equal(["aws", "awsx", "docker", "docker-build", "pulumi"]);
  });

  it("come with a provider that is installed, however it is", () => {
    install(".", {
      name: "shop",
      dependencies: { "@pulumi/cloudflare": "1", honeycomb: "file:sdks/honeycomb", koa: "1" },
      devDependencies: { "@acme/platform": "1" },
      optionalDependencies: { "@pulumi/absent": "1" },
    });
    install("node_modules/@pulumi/cloudflare", {
      name: "@pulumi/cloudflare",
      dependencies: PULUMI,
      pulumi: { resource: true, name: "cloudflare" },
    });
    // As `pulumi package add terraform-provider` makes it.
    install("node_modules/honeycomb", {
      name: "honeycomb",
      dependencies: PULUMI,
      pulumi: { name: "terraform-provider", parameterization: { name: "honeycombio" } },
    });
    // A library of components: what it needs is its own, and may lie beneath it.
    install("node_modules/@acme/platform", {
      name: "@acme/platform",
      peerDependencies: PULUMI,
      dependencies: { "@pulumi/random": "1" },
      devDependencies: { "@pulumi/gcp": "1" },
    });
    install("node_modules/@acme/platform/node_modules/@pulumi/random", {
      name: "@pulumi/random",
      dependencies: PULUMI,
      pulumi: { resource: true, name: "random" },
    });
    install("node_modules/@pulumi/gcp", { dependencies: PULUMI, pulumi: { name: "gcp" } });
    install("node_modules/koa", { name: "koa", dependencies: { "@pulumi/gcp": "1" } });

    expect([...packageNamespaces(root)].sort()).to.deep.equal(
      ["cloudflare", "honeycombio", "platform", "pulumi", "random", "terraform-provider"].sort(),
    );
  });
});

describe("Keys of namespaces that nobody reads", () => {
  const sentences = (...settings: string[]): string[] =>
    unreadNamespaces(settings, {
      project: "orders",
      keys: ["taskCpu", "waf"],
      namespaces: new Set(["aws", "pulumi"]),
    }).map(({ key, reason }) => `${key} ${reason}`);

  it("are none where all is the project's or a package's", () => {
    expect(sentences("orders:waf", "orders:wrong", "aws:region", "pulumi:tags")).to.deep.equal([]);
  });

  it("of a former name say the new one, a sentence for all of them", () => {
    expect(sentences("shop:waf", "orders:waf")).to.deep.equal([
      "shop:waf is read by nobody: Pulumi.yaml calls the project orders. Write orders:waf, or let npm run rename -- orders write it.",
    ]);
    expect(sentences("shop:old", "shop:waf", "shop:taskCpu")).to.deep.equal([
      "shop:old and 2 more keys of shop are read by nobody: Pulumi.yaml calls the project orders. Write orders:waf, or let npm run rename -- orders write them all.",
    ]);
  });

  it("of no package say what to do, a sentence for each namespace", () => {
    expect(sentences("cloudflare:apiToken", "gcp:zone", "gcp:project")).to.deep.equal([
      "cloudflare:apiToken is read by nobody: no Pulumi package of that name is a dependency. Install it with npm, or delete the line.",
      "gcp:zone and 1 more key of gcp are read by nobody: no Pulumi package of that name is a dependency. Install it with npm, or delete the lines.",
    ]);
  });

  it("that are near the project's name are misspelt", () => {
    expect(sentences("order:waf")).to.deep.equal([
      "order:waf is not a key. Did you mean orders:waf?",
    ]);
  });
});
