import { expect } from "chai";
import { execFileSync } from "node:child_process";

const LAZY = new URL("../../src/plan/lazy-sdk.ts", import.meta.url).href;

describe("What the SDK seldom needs", () => {
  // In a process of its own: here the SDK may be loaded already.
  it("is there once it is used, as its callers ask for it", () => {
    const source = `import "${LAZY}";
      import { createRequire } from "node:module";
      const require = createRequire("${import.meta.url}");
      const sdk = createRequire(require.resolve("@pulumi/pulumi"));
      const data = { name: "shop", version: "=1.0.0" };
      // tsc's default import of a CommonJS function.
      sdk("normalize-package-data").default(data);
      console.log(JSON.stringify([sdk("js-yaml").load("a: [1]"), data.version]));`;
    const args = ["--input-type=module", "--eval", source];
    expect(JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8" }))).to.deep.equal([
      { a: [1] },
      "1.0.0",
    ]);
  });
});
