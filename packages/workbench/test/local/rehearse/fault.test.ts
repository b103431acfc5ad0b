import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { freePort } from "../../../src/local/free-port.ts";
import { FAULTS, type Fault } from "../../../src/local/rehearse/versions.ts";

const PRELOAD = fileURLToPath(new URL("../../../src/local/rehearse/fault.cjs", import.meta.url));

/** A service of which the fault knows nothing. */
const SERVER = `
const { createServer } = require("node:http");
createServer((request, response) => response.end("fine " + request.url)).listen(
  Number(process.env.PORT), "127.0.0.1", () => console.log("listening"));
`;

describe("faults of a bad version", () => {
  let child: ChildProcess | undefined;
  afterEach(() => {
    child?.kill("SIGKILL");
  });

  async function start(fault: Fault): Promise<{ url: string; exited: Promise<unknown[]> }> {
    const port = await freePort();
    child = spawn(process.execPath, ["--require", PRELOAD, "-e", SERVER], {
      env: {
        PORT: String(port),
        REHEARSAL_FAULT: fault,
        REHEARSAL_HEALTH_PATHS: "/readyz,/livez",
        REHEARSAL_DELAY_MS: "150",
        REHEARSAL_SERVES_MS: "1500",
      },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exited = once(child, "exit");
    if (child.stdout !== null) await Promise.race([once(child.stdout, "data"), exited]);
    return { url: `http://127.0.0.1:${port}`, exited };
  }

  /** Milliseconds that a busy machine may need for an answer. */
  const BUSY = 60_000;

  /** @param patience milliseconds for the answer that is no health check */
  async function answers(url: string, patience = BUSY): Promise<string[]> {
    const of = async (path: string, patience: number): Promise<string> => {
      try {
        const response = await fetch(url + path, { signal: AbortSignal.timeout(patience) });
        return `${response.status} ${(await response.text()).trim()}`;
      } catch (error) {
        const { name, cause } = error as Error & { cause?: NodeJS.ErrnoException };
        return cause?.code ?? name;
      }
    };
    return Promise.all([of("/readyz?now", BUSY), of("/work", patience)]);
  }

  const EXPECTED: Record<Exclude<Fault, "crash" | "crash-later">, string[]> = {
    "500": ["200 fine /readyz?now", "500 fault of the rehearsal: 500"],
    hang: ["200 fine /readyz?now", "TimeoutError"],
    reset: ["200 fine /readyz?now", "ECONNRESET"],
    slow: ["200 fine /readyz?now", "200 fine /work"],
    "never-healthy": ["503 fault of the rehearsal: never-healthy", "200 fine /work"],
  };

  for (const fault of FAULTS)
    if (fault !== "crash" && fault !== "crash-later")
      it(`${fault}: health checks and answers`, async () => {
        const { url } = await start(fault);
        const startedAt = performance.now();
        const patience = fault === "hang" ? 500 : BUSY;
        expect(await answers(url, patience)).to.deep.equal(EXPECTED[fault]);
        if (fault === "slow") expect(performance.now() - startedAt).to.be.at.least(149);
      });

  it("crash: ends with code 1 as it begins to listen", async () => {
    const { exited } = await start("crash");
    expect(await exited).to.deep.equal([1, null]);
  });

  it("crash-later: serves first, and ends with code 1", async () => {
    const { url, exited } = await start("crash-later");
    expect(await answers(url)).to.deep.equal(["200 fine /readyz?now", "200 fine /work"]);
    expect(await exited).to.deep.equal([1, null]);
  });
});
