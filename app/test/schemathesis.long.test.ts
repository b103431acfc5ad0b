import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { ServerProcess } from "./helpers/process.ts";
import { startServer } from "./helpers/process.ts";
import { KEY, KEY_HASHES } from "./helpers/requests.ts";

const run = promisify(execFile);
const CONFIG = fileURLToPath(new URL("schemathesis.toml", import.meta.url));
const COMMAND = process.env["SCHEMATHESIS"] ?? "schemathesis";
const SEEDS = [1, 2, 3, 4, 5];

describe("The API against its own description (schemathesis)", function () {
  let server: ServerProcess | undefined;
  let folder: string;

  before(async function () {
    try {
      await run(COMMAND, ["--version"]);
    } catch {
      // pip install schemathesis, or SCHEMATHESIS=/path/to/schemathesis
      this.skip();
    }
    folder = mkdtempSync(join(tmpdir(), "schemathesis-"));
    server = await startServer({
      env: { AUTH: "api-key", API_KEY_HASHES: KEY_HASHES, RATE_LIMIT_PER_MINUTE: "10000000" },
    });
  });

  after(async () => {
    await server?.dispose();
    if (server !== undefined) rmSync(folder, { recursive: true });
  });

  for (const seed of SEEDS) {
    it(`holds in all phases with seed ${seed}`, async () => {
      const url = server?.url ?? "";
      const output = await run(
        COMMAND,
        [
          ...["--config-file", CONFIG, "run", `${url}/openapi.json`, "--no-color"],
          ...["--seed", String(seed), "--max-examples", "20", "--header", `X-Api-Key: ${KEY}`],
        ],
        { cwd: folder, env: { ...process.env, HYPOTHESIS_STORAGE_DIRECTORY: folder } },
      ).then(
        () => "",
        (error: unknown) => (error as { stdout: string }).stdout,
      );

      expect(output).to.equal("");
    });
  }

  it("never made the service fail", () => {
    const failed = server?.logLines().filter(({ status }) => Number(status) >= 500);
    expect(failed).to.deep.equal([]);
  });
});
