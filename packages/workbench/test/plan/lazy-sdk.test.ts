import "../../src/plan/lazy-sdk.ts";
import { expect } from "chai";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const sdk = createRequire(require.resolve("@pulumi/pulumi"));

describe("What the SDK seldom needs", () => {
  it("is there once it is used, as its callers ask for it", () => {
    const yaml = sdk("js-yaml") as { load: (text: string) => unknown };
    expect(yaml.load("a: [1]")).to.deep.equal({ a: [1] });
    // tsc's default import of a CommonJS function.
    const normalize = sdk("normalize-package-data") as { default: (data: object) => void };
    const data = { name: "shop", version: "=1.0.0" };
    normalize.default(data);
    expect(data.version).to.equal("1.0.0");
  });
});
