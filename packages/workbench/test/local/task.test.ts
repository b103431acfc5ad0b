import { expect } from "chai";
import { PassThrough } from "node:stream";
import { freePort } from "../../src/local/free-port.ts";
import { eachLine } from "../../src/local/lines.ts";
import { launchProcess, type LaunchInput } from "../../src/local/task.ts";
import { FIXTURE_FOLDER, until } from "./fixture/harness.ts";

describe("task process", () => {
  const input = (port = 0): LaunchInput & { lines: string[] } => {
    const lines: string[] = [];
    return { id: 1, port, lines, onLine: (line, stream) => lines.push(`${stream} ${line}`) };
  };

  it("gets the container's environment, its port and nothing of the developer's", async () => {
    process.env["LOCAL_RUN_TEST_LEAK"] = "leaked";
    const port = await freePort();
    const started = input(port);
    const task = launchProcess(
      {
        command: ["node", "server.ts"],
        cwd: FIXTURE_FOLDER,
        environment: { REVISION: "one", PORT: "8080" },
        portVariable: "PORT",
      },
      started,
    );
    await until(() => started.lines.length > 0, "listening");

    const response = await fetch(`http://127.0.0.1:${String(port)}/env`);
    const environment = (await response.json()) as Record<string, string>;
    await task.stop(2000);
    delete process.env["LOCAL_RUN_TEST_LEAK"];

    expect(Object.keys(environment).sort()).to.deep.equal(["PATH", "PORT", "REVISION", "TMPDIR"]);
    expect(environment).to.include({ REVISION: "one", PORT: String(port) });
  });

  it("takes what its main process left behind with it", async () => {
    const script = `
      const child = require("node:child_process").spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)"]);
      console.log(child.pid);
      setTimeout(() => process.exit(7), 100);`;
    const started = input();
    const task = launchProcess(
      { command: ["node", "-e", script], cwd: FIXTURE_FOLDER, environment: {} },
      started,
    );

    const exit = await task.exited;
    await task.outputEnded;

    expect(exit).to.deep.equal({ code: 7, signal: null });
    const pid = Number(started.lines[0]?.split(" ")[1]);
    expect(pid).to.be.above(1);
    await until(() => !alive(pid), "child gone");
  });

  it("says what could not be started", async () => {
    const task = launchProcess(
      { command: ["no-such-program"], cwd: FIXTURE_FOLDER, environment: {} },
      input(),
    );

    expect(await task.exited).to.deep.equal({
      code: null,
      signal: null,
      startError: "no-such-program could not be started: spawn no-such-program ENOENT",
    });
    expect(task.pid).to.equal(undefined);
    expect((await task.stop(10)).startError).to.be.a("string");
  });

  it("gives every task another port", async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, freePort));

    expect(new Set(ports).size).to.equal(20);
  });
});

describe("eachLine", () => {
  it("joins what comes in pieces, and passes a last line without line feed on", () => {
    const stream = new PassThrough();
    const lines: string[] = [];
    eachLine(stream, (line) => lines.push(line));

    for (const piece of ["a", "b\nc\r\n\n", "é".slice(0, 1), "rest"]) stream.write(piece);
    stream.end();

    return new Promise<void>((resolve) => stream.once("end", resolve)).then(() => {
      expect(lines).to.deep.equal(["ab", "c", "", "érest"]);
    });
  });

  it("passes an endless line on in pieces", () => {
    const stream = new PassThrough();
    const lengths: number[] = [];
    eachLine(stream, (line) => lengths.push(line.length));

    stream.write("x".repeat(70_000));
    stream.end("yz");

    return new Promise<void>((resolve) => stream.once("end", resolve)).then(() => {
      expect(lengths).to.deep.equal([70_000, 2]);
    });
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
