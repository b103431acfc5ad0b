// npm start: the service of a stack on this machine.
import { aborted } from "node:util";
import { invocation } from "../lib/beside.ts";
import { runTool } from "../lib/command-line.ts";
import { LocalRunError } from "../plan/plan-reader.ts";
import { dockerPlatform } from "./docker.ts";
import { HELP, readOptions, type CliOptions } from "./options.ts";
import { failure, intro, ready, taskLine } from "./report.ts";
import type { DeploymentOutcome } from "./service-types.ts";
import { OtherServices, runOnce } from "./others.ts";
import { prepare, ROOT, Session, standIns } from "./session.ts";
import { isMetric, prefixed, readKeys } from "./terminal.ts";

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const tell = (text: string): void => {
  process.stderr.write(`${text}\n`);
};

/** npm passes a terminal's Ctrl-C on, so that one press may arrive twice. */
const SAME_PRESS_MS = 500;

/** Resolves with the exit code when the run has ended. */
async function main(options: CliOptions): Promise<number> {
  const interrupted = new AbortController();
  let opened: Session | undefined;
  const beside = new Set<OtherServices>();
  let firstInterrupt = 0;
  const interrupt = (): void => {
    if (!interrupted.signal.aborted) {
      firstInterrupt = performance.now();
      interrupted.abort();
      return;
    }
    if (performance.now() - firstInterrupt < SAME_PRESS_MS) return;
    opened?.run.kill();
    for (const one of beside) one.kill();
    process.exit(130);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  // Nobody reads any more: a closed pipe ends the run as Ctrl-C does.
  process.stdout.on("error", interrupt);
  // Tasks lead their own process groups and would outlive an unexpected end.
  process.on("exit", () => {
    opened?.run.kill();
    for (const one of beside) one.kill();
  });
  if (options.run !== undefined) return runTask(options, options.run, interrupted.signal);

  let session: Session;
  try {
    session = opened = await Session.open(options, ROOT, interrupted.signal);
  } catch (error) {
    if (interrupted.signal.aborted) return 0;
    throw error;
  }
  const others = new OtherServices(session.run, {
    onLine: (service, task, line, stream) => {
      if (!isMetric(line))
        (stream === "stdout" ? say : tell)(prefixed(task, line, stream, service));
    },
    onNote: tell,
  });
  beside.add(others);
  const keys = readKeys((key) => {
    if (key === "r") void replace(session, others, options);
  }, interrupt);
  try {
    return await serve(session, others, options, keys.active, interrupted.signal);
  } finally {
    keys.close();
  }
}

/** `--run NAME`. */
async function runTask(
  options: CliOptions,
  name: string,
  interrupted: AbortSignal,
): Promise<number> {
  const platform = options.docker ? await dockerPlatform() : "";
  const preparation = { options, root: ROOT, secretFor: standIns(), platform, signal: interrupted };
  const { others } = await prepare(preparation);
  const found = others.find(({ spec }) => spec.service === name && spec.target === undefined);
  if (found === undefined) {
    const names = others.filter(({ spec }) => spec.target === undefined);
    throw new LocalRunError(
      `${options.stack} has no scheduled task or worker ${name}. It has ${names.map(({ spec }) => spec.service).join(", ") || "none"}.`,
    );
  }
  tell(`${name} of ${options.stack} on this machine, once`);
  return runOnce(
    found,
    (line, stream) => {
      if (!isMetric(line)) (stream === "stdout" ? say : tell)(line);
    },
    tell,
    interrupted,
  );
}

async function serve(
  session: Session,
  others: OtherServices,
  options: CliOptions,
  keys: boolean,
  interrupted: AbortSignal,
): Promise<number> {
  const { run, spec } = session;
  say(intro(spec, session.local));
  run.service.on("line", ({ task, line, stream }) => {
    if (isMetric(line)) return;
    (stream === "stdout" ? say : tell)(prefixed(task, line, stream));
  });
  run.service.on("task", (event) => {
    const line = taskLine(event, spec);
    if (line !== undefined) tell(line);
  });
  const stopping = aborted(interrupted, session).then(() => undefined);
  const outcome = await Promise.race([session.start(), stopping]);
  if (outcome !== undefined && outcome.status !== "completed") {
    await run.stop();
    tell(failure(outcome, spec, options.docker));
    return 1;
  }
  if (outcome !== undefined) await Promise.race([others.deploy(session.others), stopping]);
  for (const { spec: task } of session.others)
    if (task.schedule !== undefined)
      tell(
        `  ${task.service}  ${task.schedule}   once now: ${invocation("start")} --run ${task.service}`,
      );
  if (outcome !== undefined) {
    say(ready(run.url, spec, await session.examples(), keys));
    const endWatch = options.watch
      ? await watch(session, others, options, interrupted)
      : () => undefined;
    await stopping;
    endWatch();
  }
  tell("draining and stopping");
  await Promise.all([run.stop(), others.stop()]);
  return 0;
}

async function replace(
  session: Session,
  others: OtherServices,
  options: CliOptions,
): Promise<void> {
  if (session.busy) return;
  tell("replacing all tasks one by one");
  const outcome = await session.replace();
  announce(outcome, session, options);
  // What came in between replaces the others too.
  if (outcome.status !== "superseded") await others.replace();
}

async function watch(
  session: Session,
  others: OtherServices,
  options: CliOptions,
  interrupted: AbortSignal,
): Promise<() => void> {
  // At most one update runs and one waits: it takes in all changes until it begins.
  let running = Promise.resolve();
  let waiting = false;
  const ended = (): boolean => interrupted.aborted;
  const update = async (): Promise<void> => {
    waiting = false;
    if (ended()) return;
    try {
      const outcome = await session.update(interrupted);
      if (outcome !== "unchanged") announce(outcome, session, options);
      const deployed = await others.deploy(session.others);
      if (outcome === "unchanged" && deployed === 0)
        tell("source changed, but no bundle: nothing to replace");
    } catch (error) {
      if (ended()) return;
      tell(`source changed, but the tasks before serve on: ${(error as Error).message}`);
    }
  };
  const changed = (): void => {
    if (waiting) return;
    waiting = true;
    running = running.then(update);
  };
  const end = await session.watch(changed);
  tell(`watching ${session.sources.join(", ")}`);
  return end;
}

function announce(outcome: DeploymentOutcome, session: Session, options: CliOptions): void {
  if (outcome.status === "completed") tell(`all tasks run ${outcome.revision}`);
  else if (outcome.status !== "superseded") tell(failure(outcome, session.spec, options.docker));
}

await runTool((args) => main(readOptions(args, process.env)), HELP);
// Signals' handlers and a watched terminal would keep the process alive.
process.exit();
