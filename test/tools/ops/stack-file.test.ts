import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import { withConfig } from "../../../tools/ops/stack-file.ts";

const changed = (before: string, after: string) => {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return {
    gone: old.filter((line) => !now.includes(line)),
    come: now.filter((line) => !old.includes(line)),
  };
};

describe("withConfig", () => {
  for (const file of readdirSync(".").filter((name) => /^Pulumi\..+\.yaml$/.test(name))) {
    it(`adds a key to ${file} and leaves every other line alone`, () => {
      const text = readFileSync(file, "utf8");
      const image = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/registry-1a2b@sha256:${"a".repeat(64)}`;

      expect(changed(text, withConfig(text, "koa-fargate", { image }))).to.deep.equal({
        gone: [],
        come: [`  koa-fargate:image: ${image}`],
      });
    });
  }

  it("replaces a value in place, a number as a number, and keeps comments", () => {
    const text = "# top\nconfig:\n  # why\n  p:minCapacity: 3\n  p:maxCapacity: 12 # enough\n";

    expect(withConfig(text, "p", { minCapacity: 4, desiredCount: 4 })).to.equal(
      "# top\nconfig:\n  # why\n  p:minCapacity: 4\n  p:maxCapacity: 12 # enough\n  p:desiredCount: 4\n",
    );
  });

  it("begins an empty file", () => {
    expect(withConfig("", "p", { image: "r@sha256:a" })).to.equal(
      "config:\n  p:image: r@sha256:a\n",
    );
  });

  it("keeps what the CLI wrote beside the configuration", () => {
    const text = "config:\n  p:a: 1\nencryptionsalt: v1:abc=\n";
    expect(withConfig(text, "p", { image: "x" })).to.equal(
      "config:\n  p:a: 1\n  p:image: x\nencryptionsalt: v1:abc=\n",
    );
  });
});
