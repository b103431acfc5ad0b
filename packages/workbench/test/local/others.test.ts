import { expect } from "chai";
import type { LocalRun } from "../../src/local/local-run.ts";
import { OtherServices, type OtherVersion } from "../../src/local/others.ts";
import type { TaskExit } from "../../src/local/task.ts";
import { TASK_HOST } from "../../src/local/task-address.ts";

const ENDED: TaskExit = { code: 0, signal: null };

describe("the services beside the main one", () => {
  /** Revisions whose tasks run. */
  let running: string[];
  let started: string[];
  let notes: string[];
  let others: OtherServices;

  beforeEach(() => {
    running = [];
    started = [];
    notes = [];
    others = new OtherServices({} as LocalRun, {
      onLine: () => undefined,
      onNote: (text) => notes.push(text.trim()),
    });
  });

  /** A worker whose tasks take a moment to end. */
  const worker = (name: string): OtherVersion =>
    ({
      spec: { service: "worker", container: { stopTimeoutSeconds: 1 } },
      local: { desiredCount: 1, environment: {} },
      revision: {
        name,
        launch: () => {
          const { promise: exited, resolve } = Promise.withResolvers<TaskExit>();
          running.push(name);
          started.push(name);
          const end = (): void => {
            if (running.includes(name)) running.splice(running.indexOf(name), 1);
            resolve(ENDED);
          };
          const stop = (): Promise<TaskExit> => {
            setImmediate(end);
            return exited;
          };
          const outputEnded = exited.then(() => undefined);
          return { host: TASK_HOST, port: 0, exited, outputEnded, stop, kill: end };
        },
      },
    }) as unknown as OtherVersion;

  it("take a version that comes while they are replaced, and keep nothing of the one before", async () => {
    await others.deploy([worker("one")]);
    await Promise.all([others.replace(), others.deploy([worker("two")])]);

    expect(started).to.deep.equal(["one", "one", "two"]);
    expect(running).to.deep.equal(["two"]);
    await others.stop();
    expect(running).to.deep.equal([]);
  });

  it("start nothing after they were stopped, asked before or after", async () => {
    await others.deploy([worker("one")]);
    const before = [others.replace(), others.deploy([worker("two")])];
    await others.stop();
    await Promise.all([...before, others.replace(), others.deploy([worker("three")])]);

    expect(started).to.deep.equal(["one"]);
    expect(running).to.deep.equal([]);
    expect(notes).to.deep.equal(["worker  runs 1 without a load balancer"]);
  });
});
