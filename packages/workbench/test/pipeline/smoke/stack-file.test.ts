import { expect } from "chai";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse, stringify } from "yaml";
import { writeSmokeStack } from "../../../src/pipeline/smoke/stack-file.ts";

/** The configuration that a walk gets from this of another stack, as far as names go. */
async function copied(
  config: Record<string, unknown>,
  stack = "smoke-1",
): Promise<Record<string, unknown>> {
  const folder = mkdtempSync(path.join(tmpdir(), "smoke-stack-"));
  const [source, target] = [path.join(folder, "a.yaml"), path.join(folder, "b.yaml")];
  try {
    writeFileSync(source, stringify({ config }));
    await writeSmokeStack(source, target, { project: "p", stack });
    const written = parse(readFileSync(target, "utf8")) as { config: Record<string, unknown> };
    const keys = ["hostedZone", "createHostedZone", "extraDomainNames", "domainName", "tls"];
    return Object.fromEntries(
      [...keys, "certificateArn", "namePrefix", "routing", "failoverRole", "geolocations"]
        .map((key) => `p:${key}`)
        .filter((key) => key in written.config)
        .map((key) => [key, written.config[key]]),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("the stack of a walk", () => {
  const zone = { "p:hostedZone": "example.com", "p:domainName": "a.example.com" };

  it("takes no name away from the stack that it copies", async () => {
    const routed = { ...zone, "p:createHostedZone": true, "p:extraDomainNames": ["example.com"] };

    expect(
      await copied({
        ...routed,
        ...{ "p:tls": "required", "p:routing": "geolocation", "p:geolocations": ["default"] },
      }),
    ).to.deep.equal({ "p:tls": "optional" });
  });

  it("keeps a certificate that exists, and the name that it is for", async () => {
    const own = { "p:certificateArn": "arn", "p:tls": "required" };

    expect(await copied({ ...zone, ...own, "p:routing": "latency" })).to.deep.equal({
      "p:domainName": "a.example.com",
      ...own,
    });
  });

  it("of a stack without a zone keeps all of these", async () => {
    const own = { "p:certificateArn": "arn", "p:domainName": "a.example.com", "p:tls": "required" };

    expect(await copied(own)).to.deep.equal({
      "p:domainName": "a.example.com",
      "p:tls": "required",
      "p:certificateArn": "arn",
    });
  });

  it("has names that fit into those of load balancers, whatever the stack that it copies is called", async () => {
    const prefix = { "p:namePrefix": "a-long-name-of-project" };

    expect(await copied(prefix, "smoke-t1a2b3")).to.deep.equal({ "p:namePrefix": "a-long-name" });
    expect(await copied({ "p:namePrefix": "a-long-nam-e" }, "smoke-t1a2b3")).to.deep.equal({
      "p:namePrefix": "a-long-nam",
    });
    expect(await copied({ "p:namePrefix": "short" }, "smoke-t1a2b3")).to.deep.equal({
      "p:namePrefix": "short",
    });
    expect(await copied({}, "smoke-t1a2b3")).to.deep.equal({});
  });
});
