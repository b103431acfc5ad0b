import { expect } from "chai";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { IS_SAMPLE_APP } from "./helpers/sample-app.ts";

const ROOT = path.resolve(import.meta.dirname, "..");

/** What only the sample app knows: its paths, its variables and its store. */
const WORDS =
  /\/v1\/(?:events|kpis)|\bevents-api\b|\b(?:STORE|AUTH|WORKERS|DATA_DIR|API_KEY_HASHES|DYNAMODB_ENDPOINT)\b|[Ss][Qq][Ll]ite/g;

/** What is no text of the platform. */
const ELSEWHERE = new Set([
  ...["node_modules", ".git", ".build", ".local", "app", "CHANGELOG.md", "package-lock.json"],
  "test/sample-app.test.ts",
  "test/helpers/sample-app.ts",
]);

/** Words that mean something else there. */
const OTHERWISE: Readonly<Record<string, readonly string[]>> = {
  "packages/workbench/src/project/secret-shapes.ts": ["AUTH"],
  "packages/workbench/src/review/diff/risk/containers.ts": ["AUTH"],
  "packages/workbench/test/review/diff/weakened.test.ts": ["AUTH"],
};

/** Where its owner writes: stack files, what is generated from them, and the pages that show what it answers and wants. */
const OWNERS: Readonly<Record<string, readonly string[]>> = {
  "Pulumi.dev.yaml": ["STORE"],
  "Pulumi.prod.yaml": ["API_KEY_HASHES", "AUTH", "STORE"],
  "examples/two-regions/Pulumi.primary.yaml": ["STORE"],
  "examples/two-regions/Pulumi.secondary.yaml": ["STORE"],
  "docs/configuration.md": ["API_KEY_HASHES", "AUTH", "STORE"],
  "docs/getting-started.md": ["API_KEY_HASHES"],
};

describe("The sample app", () => {
  it("is known to app/ and to the files of its owner alone", function () {
    // Another app may have any word of these.
    if (!IS_SAMPLE_APP) this.skip();
    const found: Record<string, string[]> = {};
    const search = (folder: string): void => {
      for (const entry of readdirSync(path.join(ROOT, folder), { withFileTypes: true })) {
        const file = path.posix.join(folder, entry.name);
        if (ELSEWHERE.has(file)) continue;
        if (entry.isDirectory()) search(file);
        else if (entry.isFile()) {
          const words = readFileSync(path.join(ROOT, file), "utf8").match(WORDS) ?? [];
          if (words.length > 0) found[file] = [...new Set(words)].sort();
        }
      }
    };
    search("");

    // Named there by a warning, until the owner has filled it in.
    const warned =
      found["README.md"]?.includes("API_KEY_HASHES") === true ? ["API_KEY_HASHES"] : [];
    expect(found).to.deep.equal({
      ...OWNERS,
      "README.md": ["/v1/events", "/v1/kpis", ...warned],
      ...OTHERWISE,
    });
  });
});
