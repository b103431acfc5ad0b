import { expect } from "chai";
import { readFileSync } from "node:fs";
import { MAX_CHARACTERS } from "../../../src/review/comment/comment.ts";
import { goldenFile, goldens, rendered } from "./golden.ts";

describe("Comments on previews that the real engine made", () => {
  for (const golden of goldens())
    it(`${golden.name}: as written; write-golden.ts writes it anew`, () => {
      const text = rendered(golden);
      expect(text).to.equal(readFileSync(goldenFile(golden.name), "utf8"));
      expect(text.length).to.be.at.most(MAX_CHARACTERS);
    });

  it("there are twelve and more, and no secret is in any of them", () => {
    const texts = goldens().map((golden) => readFileSync(goldenFile(golden.name), "utf8"));
    expect(texts.length).to.be.at.least(12);
    for (const secret of [
      "AKIAIOSFODNN7EXAMPLE",
      "correct horse",
      "hunter2",
      "ghp_0123",
      "kept from everybody",
    ])
      expect(
        texts.filter((text) => text.includes(secret)),
        secret,
      ).to.deep.equal([]);
  });
});
