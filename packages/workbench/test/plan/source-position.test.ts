import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import { planFrozen } from "../../../../test/helpers/frozen.ts";
import { REPOSITORY } from "../pipeline/delivery/workflow-files.ts";

describe("Where the program registers a resource", () => {
  it("is in the plan: the line of its own files that makes it, and no package's", async () => {
    const { resources } = await planFrozen({ stack: "prod" });
    const known = resources.filter(({ source }) => source !== undefined);
    const wrong = known.filter(({ source = "", type }) => {
      const [file = "", line = "0"] = source.split(":");
      const lines = readFileSync(path.join(REPOSITORY, file), "utf8").split("\n");
      // Of a function without a name the SDK knows no line: then it is that of the call it was handed to.
      const text = lines.slice(Number(line) - 1, Number(line) + 4).join("\n");
      return !text.includes(`.${type.split(":").at(-1) ?? ""}(`);
    });
    expect(wrong.map(({ source, type }) => `${source ?? ""} ${type}`)).to.deep.equal([]);
    // Unknown of what a remote component makes, of the components themselves, and of little else.
    const own = resources.filter(
      ({ custom, expanded, type }) => custom && !expanded && type.startsWith("aws:"),
    );
    const missing = own.filter(({ source }) => source === undefined).map(({ name }) => name);
    expect(missing).to.deep.equal([]);
    expect(known.length).to.be.above(60);
  });
});
