import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { lastLines, succeed, type CommandResult, type RunCommand } from "../../lib/command.ts";
import { configArgs, EXIT, QUIET, stackOutputs, type Outputs } from "../delivery/pulumi.ts";
import { smokeTest, type SmokeWorld } from "../delivery/smoke.ts";
import { messageOf } from "../../lib/words.ts";
import { frontOf } from "../../live/domain.ts";
import { bands } from "./bands.ts";
import { fetchOf } from "./reach.ts";

/** One station of the walk, and how it went. */
export interface Station {
  name: string;
  passed: boolean;
  seconds: number;
  /** What was seen, or why it failed. */
  detail: string;
}

export interface Walk {
  run: RunCommand;
  world: SmokeWorld;
  /** Folder of Pulumi.yaml. */
  root: string;
  project: string;
  /** The fresh stack. */
  stack: string;
  /** @default the backend's own */
  secretsProvider?: string | undefined;
  healthPath: string;
  /** Folder of the app, of one that cannot start, and of one that is healthy and answers 500; relative to `root`. */
  apps: { good: string; bad: string; failing: string };
  /** Which part of the life it goes through. */
  parts: Parts;
  /** Alarms of these names, as CloudWatch has them. */
  alarms: (names: string[]) => Promise<readonly MetricAlarm[]>;
  /** Told at the start of each station. */
  progress: (station: string) => void;
  /** Ends the walk where it is, by way of `destroy`. @default never */
  signal?: AbortSignal;
}

/**
 * Walks a fresh stack through its life in a real account, and destroys it at the end, whatever happened on the way: also
 * when `signal` says stop, as long as this process lives.
 * @returns a station for each part that was reached
 */
export async function walk(walk: Walk): Promise<Station[]> {
  const stations: Station[] = [];
  const visit = async (name: string, work: Work): Promise<boolean> => {
    walk.progress(name);
    const start = walk.world.now();
    const [passed, detail] = await work(walk).then(
      (seen) => [true, seen] as const,
      (error: unknown) => [false, messageOf(error)] as const,
    );
    const seconds = Math.round((walk.world.now() - start) / 1000);
    stations.push({ name, passed, seconds, detail });
    return passed;
  };

  if (!(await visit("init", init))) return stations;
  for (const [name, work] of life(walk.parts))
    if (walk.signal?.aborted === true || !(await visit(name, work))) break;
  await visit("destroy", destroy);
  return stations;
}

/** What is done at a station; says what was seen. */
type Work = (walk: Walk) => Promise<string>;

/** What of a stack's life is walked through besides what every walk shows. */
export interface Parts {
  /** Deployments while callers ask, and those that shift traffic. */
  shifts: boolean;
  /** Whether the stack has alarms that roll back: without them nobody notices answers that are 500. */
  alarms: boolean;
  /** Whether it has alarms on what CloudWatch expects. */
  bands: boolean;
}

/** Stations of a stack that is there, in order; those after a failure are not reached. */
const LIFE: readonly (readonly [name: string, Work, ...parts: (keyof Parts)[]])[] = [
  ["up", (walk) => deployed(walk)],
  ["request", answers],
  ["nothing to do", nothingToDo],
  ["rollout", (walk) => newRevision(walk, "second")],
  ["bad image", (walk) => rolledBack(walk, walk.apps.bad)],
  ["rollback", (walk) => deployed(walk, walk.apps.good)],
  ["request after all", answers],
  ["rollout, asked", (walk) => unnoticed(walk, "third"), "shifts"],
  ["shift", (walk) => unnoticed(walk, "fourth", "blue-green"), "shifts"],
  // To the group that served before, and from one that the program's weights do not name.
  ["shift back", (walk) => unnoticed(walk, "fifth", "canary"), "shifts"],
  ["bad image, shifting", (walk) => rolledBack(walk, walk.apps.bad), "shifts"],
  ["failing version", failing, "shifts", "alarms"],
  ["good again", (walk) => deployed(walk, walk.apps.good), "shifts"],
  ["nothing after shifts", nothingToDo, "shifts"],
  ["anomaly bands", bands, "bands"],
];

/** Names of the stations of a walk, in order. */
export const stationsOf = (parts: Parts): string[] => [
  "init",
  ...life(parts).map(([name]) => name),
  "destroy",
];

const life = (parts: Parts): typeof LIFE =>
  LIFE.filter(([, , ...needed]) => needed.every((part) => parts[part]));

/** Whether every station was reached, and passed. */
export function walkPassed(stations: readonly Station[], parts: Parts): boolean {
  return stations.length === stationsOf(parts).length && stations.every(({ passed }) => passed);
}

/** @returns lines for people: each station, and what the walk came to */
export function report(stations: readonly Station[], parts: Parts, hourlyUsd: number): string {
  const lines = stationsOf(parts).map((name) => {
    const station = stations.find((candidate) => candidate.name === name);
    if (station === undefined) return `  -     ${name.padEnd(20)} not reached`;
    const { passed, seconds, detail } = station;
    const seen = detail.replaceAll("\n", `\n${" ".repeat(37)}`);
    return `  ${passed ? "ok  " : "FAIL"}  ${name.padEnd(20)} ${String(seconds).padStart(5)} s  ${seen}`;
  });
  const seconds = stations.reduce((sum, station) => sum + station.seconds, 0);
  const verdict = walkPassed(stations, parts) ? "The walk passed" : "The walk FAILED";
  const usd = ((hourlyUsd * seconds) / 3600).toFixed(2);
  const sum = `${verdict}, in ${Math.ceil(seconds / 60)} min; about ${usd} USD, without traffic and storage.`;
  return [...lines, "", sum, ""].join("\n");
}

/** A command on the walk's stack that may fail. */
const tryPulumi = (walk: Walk, ...args: string[]): Promise<CommandResult> =>
  walk.run("pulumi", [...args, "--stack", walk.stack, ...QUIET], { cwd: walk.root, show: true });

async function init({ run, root, stack, secretsProvider }: Walk): Promise<string> {
  const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
  await succeed(run, "pulumi", ["stack", "init", stack, ...provider, ...QUIET], { cwd: root });
  return `stack ${stack}`;
}

/** @param appPath folder of the app. @default the stack's own */
async function up(walk: Walk, appPath?: string): Promise<{ code: number; text: string }> {
  const { code, stdout, stderr } = await tryPulumi(
    walk,
    ...["up", "--yes", "--skip-preview", "--suppress-outputs"],
    ...configArgs(appPath === undefined ? {} : { [`${walk.project}:appPath`]: appPath }),
  );
  return { code, text: lastLines(`${stdout}\n${stderr}`) };
}

async function deployed(walk: Walk, appPath?: string): Promise<string> {
  const { code, text } = await up(walk, appPath);
  if (code !== 0) throw new Error(`pulumi up ended with exit code ${code}: ${text}`);
  return (await outputs(walk))["taskDefinitionArn"] ?? "";
}

async function outputs(walk: Walk): Promise<Outputs> {
  const found = await stackOutputs({ run: walk.run, cwd: walk.root }, walk.stack);
  if (found === undefined) throw new Error(`Stack ${walk.stack} is gone.`);
  return found;
}

async function answers(walk: Walk): Promise<string> {
  const { url = "", ...names } = await outputs(walk);
  const front = frontOf(names);
  // The domain of the settings that were copied leads to the stack that they are from.
  const there = fetchOf(url, front);
  const { requests, failures } = await smokeTest(
    { url, healthPath: walk.healthPath },
    {
      ...walk.world,
      ...(there && { fetch: there }),
      // It waits no longer than the walk goes on.
      async sleep(milliseconds) {
        if (walk.signal?.aborted === true) throw new Error("The walk was interrupted.");
        await walk.world.sleep(milliseconds);
      },
    },
  );
  const where = there ? `${url} at ${front}` : url;
  return `${where} answered, ${failures} of ${requests} requests failed at first`;
}

async function nothingToDo(walk: Walk): Promise<string> {
  const { code } = await tryPulumi(walk, "preview", "--expect-no-changes");
  if (code === EXIT.changesUnexpected)
    throw new Error("A second preview still wants to change something.");
  if (code !== 0) throw new Error(`pulumi preview ended with exit code ${code}.`);
  return "the preview is empty";
}

/** Sets a key of the stack, such as `deploymentStrategy`. */
async function set({ run, root, project, stack }: Walk, key: string, value: string): Promise<void> {
  const args = ["config", "set", "--path", `${project}:${key}`, value];
  await succeed(run, "pulumi", [...args, "--stack", stack, ...QUIET], { cwd: root });
}

async function newRevision(walk: Walk, version: string): Promise<string> {
  const before = (await outputs(walk))["taskDefinitionArn"];
  // A word: below a path the CLI takes what looks like a number for one, and variables are texts.
  await set(walk, "environment.SMOKE", version);
  const after = await deployed(walk);
  if (after === before) throw new Error(`${after} still runs after a change of environment.`);
  return `${after}\n${await answers(walk)}`;
}

/** A new version while callers ask: none of them may notice. */
async function unnoticed(walk: Walk, version: string, strategy?: string): Promise<string> {
  if (strategy !== undefined) await set(walk, "deploymentStrategy", strategy);
  const { done, asked, failures } = await whileAsked(walk, walk.healthPath, () =>
    newRevision(walk, version),
  );
  if (failures.length > 0)
    throw new Error(
      `${failures.length} of ${asked} requests failed while it was deployed, the first with ${failures[0] ?? ""}.`,
    );
  return `none of ${asked} requests failed meanwhile\n${done}`;
}

/** Pause between two requests: at a tenth of the traffic still more than the alarms need to judge it. */
const PAUSE_MS = 200;

/** Asks the service again and again for as long as `work` takes. */
async function whileAsked<T>(
  walk: Walk,
  at: string,
  work: () => Promise<T>,
): Promise<{ done: T; asked: number; failures: string[] }> {
  const { url = "", ...names } = await outputs(walk);
  const get = fetchOf(url, frontOf(names)) ?? walk.world.fetch;
  const failures: string[] = [];
  let asked = 0;
  const end = new AbortController();
  const asking = (async (): Promise<void> => {
    while (!end.signal.aborted) {
      asked += 1;
      const failure = await get(new URL(at, url), { signal: AbortSignal.timeout(10_000) }).then(
        async (response) => {
          await response.body?.cancel();
          return response.status < 500 ? undefined : String(response.status);
        },
        (error: unknown) => messageOf(error),
      );
      if (failure !== undefined) failures.push(failure);
      await walk.world.sleep(PAUSE_MS);
    }
  })();
  try {
    return { done: await work(), asked, failures };
  } finally {
    end.abort();
    await asking;
  }
}

/** A version that is healthy and answers 500: callers have to see it for the alarms to. */
async function failing(walk: Walk): Promise<string> {
  const { done, asked, failures } = await whileAsked(walk, "/smoke", () =>
    rolledBack(walk, walk.apps.failing),
  );
  return `${failures.length} of ${asked} requests failed until it was rolled back\n${done}`;
}

/** A bad version has to fail the command, say why, and leave the version before in service. */
async function rolledBack(walk: Walk, app: string): Promise<string> {
  const { code, text } = await up(walk, app);
  if (code === 0) throw new Error(`pulumi up reported success for a bad version, ${app}.`);
  const rollback = /rolled back|rolling back|is not running/i;
  const reason = text.split("\n").find((line) => rollback.test(line));
  if (reason === undefined)
    throw new Error(`pulumi up failed, but did not say that it was rolled back: ${text}`);
  return `pulumi up failed as it should: ${reason.replace(/^\s*error: /, "").trim()}\n${await answers(walk)}`;
}

async function destroy(walk: Walk): Promise<string> {
  const { run, root, stack } = walk;
  const { code, stdout, stderr } = await tryPulumi(walk, "destroy", "--yes");
  if (code !== 0)
    throw new Error(
      `pulumi destroy ended with exit code ${code}. What is left costs money: pulumi destroy --stack ${stack}. ${lastLines(`${stdout}\n${stderr}`)}`,
    );
  await succeed(run, "pulumi", ["stack", "rm", stack, "--yes", ...QUIET], { cwd: root });
  return "nothing is left";
}
