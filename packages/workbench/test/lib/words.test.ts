import { expect } from "chai";
import { counted, messageOf } from "../../src/lib/words.ts";

describe("Words", () => {
  it("count in the singular and the plural", () => {
    expect([0, 1, 2, 0.5].map((count) => counted(count, "minute"))).to.deep.equal([
      "0 minutes",
      "1 minute",
      "2 minutes",
      "0.5 minutes",
    ]);
  });

  it("tell what was thrown", () => {
    expect([new TypeError("no"), "plain"].map(messageOf)).to.deep.equal(["no", "plain"]);
  });
});
