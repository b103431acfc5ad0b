import { lastLines, succeed, type CommandResult, type RunCommand } from "../../lib/command.ts";
import { configArgs, EXIT, QUIET, stackOutputs, type Outputs } from "../delivery/pulumi.ts";
import { smokeTest, type SmokeWorld } from "../delivery/smoke.ts";
import { messageOf } from "../../lib/words.ts";
import { fetchOf } from "./domain.ts";

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
  /** Folder of the app, and of one that cannot start; relative to `root`. */
  apps: { good: string; bad: string };
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
  for (const [name, work] of LIFE)
    if (walk.signal?.aborted === true || !(await visit(name, work))) break;
  await visit("destroy", destroy);
  return stations;
}

/** What is done at a station; says what was seen. */
type Work = (walk: Walk) => Promise<string>;

/** Stations of a stack that is there, in order; those after a failure are not reached. */
const LIFE: readonly (readonly [name: string, Work])[] = [
  ["up", (walk) => deployed(walk)],
  ["request", answers],
  ["nothing to do", nothingToDo],
  ["rollout", newRevision],
  ["bad image", rolledBack],
  ["rollback", (walk) => deployed(walk, walk.apps.good)],
  ["request after all", answers],
];

const STATIONS = ["init", ...LIFE.map(([name]) => name), "destroy"];

/** Whether every station was reached, and passed. */
export function walkPassed(stations: readonly Station[]): boolean {
  return stations.length === STATIONS.length && stations.every(({ passed }) => passed);
}

/** @returns lines for people: each station, and what the walk came to */
export function report(stations: readonly Station[], hourlyUsd: number): string {
  const lines = STATIONS.map((name) => {
    const station = stations.find((candidate) => candidate.name === name);
    if (station === undefined) return `  -     ${name.padEnd(18)} not reached`;
    const { passed, seconds, detail } = station;
    const seen = detail.replaceAll("\n", `\n${" ".repeat(35)}`);
    return `  ${passed ? "ok  " : "FAIL"}  ${name.padEnd(18)} ${String(seconds).padStart(5)} s  ${seen}`;
  });
  const seconds = stations.reduce((sum, station) => sum + station.seconds, 0);
  const verdict = walkPassed(stations) ? "The walk passed" : "The walk FAILED";
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
  const { url = "", albDnsName = "" } = await outputs(walk);
  // The domain of the settings that were copied leads to the stack that they are from.
  const there = fetchOf(url, albDnsName);
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
  const where = there ? `${url} at ${albDnsName}` : url;
  return `${where} answered, ${failures} of ${requests} requests failed at first`;
}

async function nothingToDo(walk: Walk): Promise<string> {
  const { code } = await tryPulumi(walk, "preview", "--expect-no-changes");
  if (code === EXIT.changesUnexpected)
    throw new Error("A second preview still wants to change something.");
  if (code !== 0) throw new Error(`pulumi preview ended with exit code ${code}.`);
  return "the preview is empty";
}

async function newRevision(walk: Walk): Promise<string> {
  const before = (await outputs(walk))["taskDefinitionArn"];
  // A word: below a path the CLI takes what looks like a number for one, and variables are texts.
  const args = ["config", "set", "--path", `${walk.project}:environment.SMOKE`, "second"];
  await succeed(walk.run, "pulumi", [...args, "--stack", walk.stack, ...QUIET], { cwd: walk.root });
  const after = await deployed(walk);
  if (after === before) throw new Error(`${after} still runs after a change of environment.`);
  return `${after}\n${await answers(walk)}`;
}

/** A version that cannot start has to fail the command, say why, and leave the version before in service. */
async function rolledBack(walk: Walk): Promise<string> {
  const { code, text } = await up(walk, walk.apps.bad);
  if (code === 0) throw new Error("pulumi up reported success for a version that cannot start.");
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
