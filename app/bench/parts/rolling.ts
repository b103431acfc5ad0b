import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { Balancer } from "../../../packages/workbench/src/local/balancer/balancer.ts";
import type { Target } from "../../../packages/workbench/src/local/balancer/target.ts";
import type { TargetGroup } from "../../../packages/workbench/src/local/balancer/target-group.ts";
import { buildImage } from "../build.ts";
import type { Report } from "../report.ts";
import { startTask, type Task } from "../task.ts";

const CLIENTS = 40;
/** How long the balancer goes on routing to a task that was told to stop. */
const STILL_ROUTED_MILLISECONDS = 300;
const MAX_STOP_SECONDS = 3;

interface Run {
  requests: number;
  readonly failures: string[];
  readonly stops: { readonly exit: number | NodeJS.Signals; readonly seconds: number }[];
}

/** Both of two tasks are replaced while clients send through the balancer of the local run. */
export async function benchRolling(report: Report, quick: boolean): Promise<void> {
  const bundle = buildImage();
  const runs: Run[] = [];
  for (let run = 0; run < (quick ? 1 : 5); run++) runs.push(await replaceBoth(bundle));
  const stops = runs.flatMap((run) => run.stops);
  const failures = runs.flatMap((run) => run.failures);
  const requests = runs.reduce((sum, run) => sum + run.requests, 0);
  const slowest = Math.max(...stops.map(({ seconds }) => seconds));
  const codes = [...new Set(stops.map(({ exit }) => exit))];
  report.section(
    `Rolling replacement of two tasks: ${runs.length} runs, ${CLIENTS} clients, still routed ${STILL_ROUTED_MILLISECONDS} ms after SIGTERM`,
    [
      {
        what: "failed requests",
        measured: `${failures.length} of ${requests}${failures.length > 0 ? ` (${failures[0] ?? ""})` : ""}`,
        bar: "0",
        met: failures.length === 0,
      },
      {
        what: "SIGTERM to the end of a task",
        measured: `exit ${codes.join(", ")}, slowest ${slowest.toFixed(2)} s`,
        bar: `exit 0 in <= ${MAX_STOP_SECONDS} s`,
        met: slowest <= MAX_STOP_SECONDS && codes.every((code) => code === 0),
      },
    ],
  );
}

async function replaceBoth(bundle: string): Promise<Run> {
  const run: Run = { requests: 0, failures: [], stops: [] };
  const balancer = new Balancer({ idleTimeoutSeconds: 60 });
  // Checks come so rarely that nothing but the end of registration takes a task out of service.
  const group = balancer.addGroup(
    {
      name: "app",
      healthCheck: {
        path: "/readyz",
        intervalSeconds: 60,
        timeoutSeconds: 5,
        healthyThreshold: 2,
        unhealthyThreshold: 2,
        matcher: "200",
      },
      deregistrationDelaySeconds: 30,
    },
    { initialIntervalSeconds: 0.05 },
  );
  const tasks: Task[] = [];
  const add = async (): Promise<{ task: Task; target: Target }> => {
    const task = await startTask(bundle, { env: { LOG_LEVEL: "error" } });
    tasks.push(task);
    const target = group.register({ host: "127.0.0.1", port: task.port }, `task ${tasks.length}`);
    while (target.state !== "healthy") await sleep(10);
    return { task, target };
  };
  let stopped = false;
  try {
    const url = await balancer.listen(0);
    const old = [await add(), await add()];
    const load = clients(url, run, () => stopped);
    await sleep(500);
    for (const { task, target } of old) {
      await add();
      run.stops.push(await stop(task, target, group));
    }
    stopped = true;
    await load;
  } finally {
    stopped = true;
    balancer.destroy();
    await Promise.all(tasks.map((task) => task.dispose()));
  }
  return run;
}

async function stop(
  task: Task,
  target: Target,
  group: TargetGroup,
): Promise<{ exit: number | NodeJS.Signals; seconds: number }> {
  const signalled = performance.now();
  task.child.kill("SIGTERM");
  await sleep(STILL_ROUTED_MILLISECONDS);
  const deregistered = group.deregister(target);
  const exit = await task.exit;
  const seconds = (performance.now() - signalled) / 1000;
  await deregistered;
  return { exit, seconds };
}

/** Each client keeps its connection and sends one request after the other; every fourth one stores an event. */
async function clients(url: URL, run: Run, stopped: () => boolean): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  const client = async (): Promise<void> => {
    while (!stopped()) {
      run.requests += 1;
      const outcome = await send(url, agent, run.requests);
      if (outcome !== "200" && outcome !== "202") run.failures.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  agent.destroy();
}

function send(url: URL, agent: Agent, number: number): Promise<string> {
  const event = {
    id: `e${number}`,
    name: "opened",
    user: `u${number % 50}`,
    feature: "search",
    time: new Date().toISOString(),
  };
  const post = number % 4 === 0;
  return new Promise((resolve) => {
    const options = {
      agent,
      method: post ? "POST" : "GET",
      headers: post ? { "Content-Type": "application/json" } : {},
    };
    const sent = request(new URL(post ? "/v1/events" : "/v1/kpis", url), options, (response) => {
      response.once("error", (error) => {
        resolve(error.message);
      });
      response.resume().once("end", () => {
        resolve(String(response.statusCode));
      });
    });
    sent.once("error", (error) => {
      resolve(error.message);
    });
    sent.end(post ? JSON.stringify(event) : undefined);
  });
}
