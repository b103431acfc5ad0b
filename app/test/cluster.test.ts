import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess } from "./helpers/process.ts";
import { dynamoDbEnv, startStubDynamoDb } from "./helpers/dynamodb-stub.ts";
import { spawnServer } from "./helpers/process.ts";

interface Status {
  readonly workersExpected: number;
  readonly workerRestarts: number;
  readonly workers: {
    readonly worker: number;
    readonly pid: number;
    readonly heapLimitMiB: number;
  }[];
}

describe("The service as a cluster", function () {
  let dynamoDb: Awaited<ReturnType<typeof startStubDynamoDb>>;
  let server: ServerProcess;

  /** A task of two vCPUs. */
  const start = async (
    env: Record<string, string> = {},
    nodeFlags: string[] = [],
  ): Promise<void> => {
    const task = { TASK_CPU_UNITS: "2048", ...dynamoDbEnv(dynamoDb.endpoint), ...env };
    server = await spawnServer({ env: task, nodeFlags });
  };
  /** Resolves when both workers listen. */
  const bothListen = async (): Promise<string> => {
    await server.listening();
    while (server.logLines().filter(({ message }) => message === "listening").length < 2) {
      await sleep(20);
    }
    return server.url;
  };
  /** A worker knows the others' state of a second ago. */
  const statusOf = async (url: string): Promise<Status> => {
    for (let tries = 0; ; tries += 1) {
      const status = (await (await fetch(`${url}/status`)).json()) as Status;
      if (status.workers.length === 2 || tries === 50) return status;
      await sleep(100);
    }
  };

  before(async () => {
    dynamoDb = await startStubDynamoDb();
  });

  afterEach(async () => {
    await server.dispose();
  });

  after(() => {
    dynamoDb.close();
  });

  it("serves from every worker on one port, and tells the state of all from any", async () => {
    await start({ TASK_MEMORY_MIB: "1024" });
    const url = await bothListen();
    const status = await statusOf(url);

    expect(status).to.include({ workersExpected: 2, workerRestarts: 0 });
    expect(status.workers.map(({ worker, heapLimitMiB }) => [worker, heapLimitMiB])).to.deep.equal([
      [0, 384],
      [1, 384],
    ]);
    const pids = new Set(status.workers.map(({ pid }) => pid));
    expect(pids.size).to.equal(2);
    expect(pids.has(server.pid)).to.be.false;
  });

  it("drains all workers on SIGTERM and exits 0", async () => {
    await start({ DRAIN_DELAY_SECONDS: "2" });
    const url = await bothListen();
    const signalled = performance.now();
    server.child.kill("SIGTERM");
    await server.line(({ message, worker }) => message === "draining" && worker === 1);
    const answers = ["/readyz", "/livez"].map(async (path) => {
      const { status } = await fetch(url + path, { headers: { Connection: "close" } });
      return status;
    });
    expect(await Promise.all(answers)).to.deep.equal([503, 200]);

    expect(await server.exit).to.deep.equal({ code: 0, signal: null });
    expect(performance.now() - signalled).to.be.below(15_000);
    const stopped = server.logLines().filter(({ message }) => message === "stopped");
    expect(stopped.map(({ worker }) => worker)).to.have.members([0, 1]);
  });

  it("exits 0 on a SIGTERM that comes before its workers have begun", async () => {
    const late =
      "if (process.env.EVENTS_API_WORKER_NUMBER) await new Promise((r) => setTimeout(r, 9e3))";
    await start({}, ["--import", `data:text/javascript,${late}`]);
    while (server.logLines().every(({ message }) => message !== "started")) await sleep(1);
    server.child.kill("SIGTERM");
    expect(await server.exit).to.deep.equal({ code: 0, signal: null });
  });

  it("starts a worker again that was killed, and counts it", async () => {
    await start();
    const url = await bothListen();
    const [victim] = (await statusOf(url)).workers;
    process.kill(victim?.pid ?? 0, "SIGKILL");
    const line = await server.line(
      ({ message }) => message === "a worker ended and is started again",
    );
    expect(line).to.include({ pid: victim?.pid, signal: "SIGKILL", afterMilliseconds: 100 });
    while (server.logLines().filter(({ message }) => message === "listening").length < 3) {
      await sleep(20);
    }

    const status = await statusOf(url);
    expect(status.workerRestarts).to.equal(1);
    expect(status.workers).to.have.length(2);
    expect(status.workers.map(({ pid }) => pid)).to.not.include(victim?.pid);
  });

  it("ends the task with code 1 when a worker keeps ending", async () => {
    await start({}, [
      "--import",
      "data:text/javascript,if (process.env.EVENTS_API_WORKER_NUMBER) process.exit(7)",
    ]);
    expect((await server.exit).code).to.equal(1);
    const fatal = server.logLines().filter(({ level }) => level === "fatal");
    expect(fatal).to.have.length(1);
    expect(fatal[0]).to.include({ message: "a worker keeps ending; the task ends", code: 7 });
  });

  it("ends its workers when the primary is killed", async () => {
    await start();
    const url = await bothListen();
    const { workers } = await statusOf(url);
    server.child.kill("SIGKILL");
    await server.exit;

    const alive = (pid: number): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    const deadline = performance.now() + 30_000;
    while (workers.some(({ pid }) => alive(pid)) && performance.now() < deadline) await sleep(20);
    expect(workers.filter(({ pid }) => alive(pid))).to.deep.equal([]);
  });
});
