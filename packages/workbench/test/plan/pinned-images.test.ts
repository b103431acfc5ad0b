import { expect } from "chai";
import { unpinned } from "../../src/plan/pinned-images.ts";

const DIGEST = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop@sha256:${"a".repeat(64)}`;

describe("Images that a stack pins by digest", () => {
  it("are the main service's and those of others, whose settings stay", () => {
    const services = { worker: { image: DIGEST, cpu: 512 }, admin: { cpu: 256 } };

    expect(unpinned({ config: { image: DIGEST, services } })).to.deep.equal({
      overrides: { image: "", services: '{"worker":{"cpu":512},"admin":{"cpu":256}}' },
      pinnedImage: DIGEST,
    });
    expect(unpinned({ config: { image: "", services: JSON.stringify(services) } })).to.deep.equal({
      overrides: { services: '{"worker":{"cpu":512},"admin":{"cpu":256}}' },
      pinnedImage: "",
    });
  });

  it("are none where the stack builds all that it runs", () => {
    for (const services of [undefined, "", "no JSON", { worker: { image: "sidecar:1" } }])
      expect(unpinned({ config: { image: "", ...(services && { services }) } })).to.equal(
        undefined,
      );
  });
});
