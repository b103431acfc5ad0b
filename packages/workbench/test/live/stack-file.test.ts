import { expect } from "chai";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { withConfig, writeConfig } from "../../src/live/stack-file.ts";
import { PROJECT } from "../../../../test/helpers/project.ts";

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

      expect(changed(text, withConfig(text, PROJECT, { image }))).to.deep.equal({
        gone: [],
        come: [`  ${PROJECT}:image: ${image}`],
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

describe("writeConfig", () => {
  const repository = process.cwd();
  let folder: string;
  const file = () => path.join(folder, "Pulumi.dev.yaml");
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "stack-file-"));
    writeFileSync(path.join(folder, "Pulumi.yaml"), "name: shop\nconfig:\n  minCapacity: {}\n");
    process.chdir(folder);
  });
  afterEach(() => {
    process.chdir(repository);
    rmSync(folder, { recursive: true });
  });

  it("sets a key of the project that Pulumi.yaml names", () => {
    writeFileSync(file(), "config:\n  aws:region: eu-west-1\n");
    writeConfig("acme/shop/dev", { minCapacity: 2 });
    expect(readFileSync(file(), "utf8")).to.equal(
      "config:\n  aws:region: eu-west-1\n  shop:minCapacity: 2\n",
    );
  });

  it("writes nothing into a file of another project", () => {
    const text = "config:\n  old:minCapacity: 3\n";
    writeFileSync(file(), text);
    expect(() => {
      writeConfig("dev", { minCapacity: 2 });
    }).to.throw(
      "Pulumi.dev.yaml: old:minCapacity is read by nobody: Pulumi.yaml calls the project shop. Write shop:minCapacity, or let npm run rename -- shop write it.",
    );
    expect(readFileSync(file(), "utf8")).to.equal(text);
  });
});
