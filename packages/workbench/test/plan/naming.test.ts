import { expect } from "chai";
import { autoNaming, madeUp } from "../../src/plan/naming.ts";
import type { Json } from "../../src/plan/types.ts";

const BUCKET = "aws:s3/bucket:Bucket";

/** The name that a bucket `logs` of stack dev of project shop gets, with `*` for what is made up. */
function named(setting: Json | undefined, type = BUCKET): string {
  const naming = autoNaming(setting, {
    ...{ project: "shop", stack: "dev" },
    config: (key) => (key === "prefix" ? "s" : undefined),
  });
  return madeUp(naming(type, "logs"), (length) => `<${length}>`);
}

describe("Names that the engine proposes", () => {
  for (const [what, setting, name] of [
    ["nothing is set", undefined, "logs-<7>"],
    ["it is the default", { mode: "default" }, "logs-<7>"],
    ["the logical name is taken as it is", { mode: "verbatim" }, "logs"],
    ["it is switched off", { mode: "disabled" }, ""],
    ["a pattern is set", { pattern: "${project}-${stack}-${name}-${hex(4)}" }, "shop-dev-logs-<4>"],
    ["a key of the project is part of it", { pattern: "${config.prefix}${name}" }, "slogs"],
    [
      "the organization is, which is the same in every state of one's own",
      { pattern: "${organization}-${name}" },
      "organization-logs",
    ],
    [
      "it makes letters, digits and identities up",
      { pattern: "${alphanum(2)}${string(3)}${num(4)}${uuid}" },
      "<2><3><4><36>",
    ],
    ["it is text, as a stack file's value reaches a program", '{"pattern":"a-${name}"}', "a-logs"],
    ["its provider has a rule", { pattern: "all", providers: { aws: { pattern: "aws" } } }, "aws"],
    [
      "its type has one",
      { providers: { aws: { pattern: "aws", resources: { [BUCKET]: { pattern: "bucket" } } } } },
      "bucket",
    ],
    [
      "only others have one",
      { pattern: "all", providers: { aws: { resources: { other: { pattern: "o" } } } } },
      "all",
    ],
  ] as const)
    it(`are right where ${what}`, () => {
      expect(named(setting)).to.equal(name);
    });

  it("hold no logical name for a pattern", () => {
    const naming = autoNaming(
      { pattern: "${name}" },
      { project: "p", stack: "s", config: () => "" },
    );
    expect(naming(BUCKET, "a${stack}$&")).to.equal("a${stack}$&");
  });
});
