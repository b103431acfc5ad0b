import { lastLines, succeed, type RunCommand } from "../delivery/command.ts";
import { configArgs, EXIT, QUIET, stackOutputs, type Outputs } from "../delivery/pulumi.ts";
import { smokeTest, type SmokeWorld } from "../delivery/smoke.ts";
import { fetchAt } from "./reach.ts";

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

/** A station that saw something else than it should. */
class Unexpected extends Error {}

/**
 * Walks a fresh stack through its life in a real account, and destroys it at the end, whatever happened on the way: also
 * when `signal` says stop, as long as this process lives.
 * @returns a station for each part that was reached
 */
export async function walk(walk: Walk): Promise<Station[]> {
  const stations: Station[] = [];
  const visit = async (name: string, work: () => Promise<string>): Promise<boolean> => {
    walk.progress(name);
    const start = walk.world.now();
    let detail: string;
    let passed = true;
    try {
      detail = await work();
    } catch (error) {
      detail = error instanceof Error ? error.message : String(error);
      passed = false;
    }
    const seconds = Math.round((walk.world.now() - start) / 1000);
    stations.push({ name, passed, seconds, detail });
    return passed;
  };

  if (!(await visit("init", () => init(walk)))) return stations;
  const life: [string, () => Promise<string>][] = [
    ["up", () => deployed(walk, {})],
    ["request", () => answers(walk)],
    ["nothing to do", () => nothingToDo(walk)],
    ["rollout", () => newRevision(walk)],
    ["bad image", () => rolledBack(walk)],
    ["rollback", () => deployed(walk, { appPath: walk.apps.good })],
    ["request after all", () => answers(walk)],
  ];
  for (const [name, work] of life)
    if (walk.signal?.aborted === true || !(await visit(name, work))) break;
  await visit("destroy", () => destroy(walk));
  return stations;
}

const pulumi = (walk: Walk, ...args: string[]) =>
  walk.run("pulumi", [...args, "--stack", walk.stack, ...QUIET], { cwd: walk.root, show: true });

async function init({ run, root, stack, secretsProvider }: Walk): Promise<string> {
  const provider = secretsProvider === undefined ? [] : ["--secrets-provider", secretsProvider];
  await succeed(run, "pulumi", ["stack", "init", stack, ...provider, ...QUIET], { cwd: root });
  return `stack ${stack}`;
}

async function up(walk: Walk, config: Readonly<Record<string, string>>) {
  const named = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`${walk.project}:${key}`, value]),
  );
  const { code, stdout, stderr } = await pulumi(
    walk,
    ...["up", "--yes", "--skip-preview", "--suppress-outputs"],
    ...configArgs(named),
  );
  return { code, text: lastLines(`${stdout}\n${stderr}`) };
}

async function deployed(walk: Walk, config: Readonly<Record<string, string>>): Promise<string> {
  const { code, text } = await up(walk, config);
  if (code !== 0) throw new Unexpected(`pulumi up ended with exit code ${code}: ${text}`);
  return (await outputs(walk))["taskDefinitionArn"] ?? "";
}

async function outputs(walk: Walk): Promise<Outputs> {
  const found = await stackOutputs({ run: walk.run, cwd: walk.root }, walk.stack);
  if (found === undefined) throw new Unexpected(`Stack ${walk.stack} is gone.`);
  return found;
}

async function answers(walk: Walk): Promise<string> {
  const { url = "", albDnsName = "" } = await outputs(walk);
  const { host } = new URL(url);
  // The domain of the settings that were copied leads to the stack that they are from.
  const borrowed = host !== albDnsName;
  const { requests, failures } = await smokeTest(
    { url, healthPath: walk.healthPath },
    patient(walk, borrowed ? fetchAt(albDnsName) : walk.world.fetch),
  );
  const where = borrowed ? `${url} at ${albDnsName}` : url;
  return `${where} answered, ${failures} of ${requests} requests failed at first`;
}

/** The world of a walk, which waits no longer than the walk goes on. */
function patient({ world, signal }: Walk, fetch: SmokeWorld["fetch"]): SmokeWorld {
  const sleep = async (milliseconds: number): Promise<void> => {
    if (signal?.aborted === true) throw new Unexpected("The walk was interrupted.");
    await world.sleep(milliseconds);
  };
  return { ...world, fetch, sleep };
}

async function nothingToDo(walk: Walk): Promise<string> {
  const { code } = await pulumi(walk, "preview", "--expect-no-changes");
  if (code === EXIT.changesUnexpected)
    throw new Unexpected("A second preview still wants to change something.");
  if (code !== 0) throw new Unexpected(`pulumi preview ended with exit code ${code}.`);
  return "the preview is empty";
}

async function newRevision(walk: Walk): Promise<string> {
  const before = (await outputs(walk))["taskDefinitionArn"];
  // A word: below a path the CLI takes what looks like a number for one, and variables are texts.
  const args = ["config", "set", "--path", `${walk.project}:environment.SMOKE`, "second"];
  await succeed(walk.run, "pulumi", [...args, "--stack", walk.stack, ...QUIET], { cwd: walk.root });
  const after = await deployed(walk, {});
  if (after === before) throw new Unexpected(`${after} still runs after a change of environment.`);
  return `${after}\n${await answers(walk)}`;
}

const ROLLED_BACK = /rolled back|rolling back|is not running/i;

/** A version that cannot start has to fail the command, say why, and leave the version before in service. */
async function rolledBack(walk: Walk): Promise<string> {
  const { code, text } = await up(walk, { appPath: walk.apps.bad });
  if (code === 0)
    throw new Unexpected("pulumi up reported success for a version that cannot start.");
  const reason = text.split("\n").find((line) => ROLLED_BACK.test(line));
  if (reason === undefined)
    throw new Unexpected(`pulumi up failed, but did not say that it was rolled back: ${text}`);
  return `pulumi up failed as it should: ${reason.replace(/^\s*error: /, "").trim()}\n${await answers(walk)}`;
}

async function destroy(walk: Walk): Promise<string> {
  const { code, stdout, stderr } = await pulumi(walk, "destroy", "--yes");
  if (code !== 0)
    throw new Unexpected(
      `pulumi destroy ended with exit code ${code}. What is left costs money: pulumi destroy --stack ${walk.stack}. ${lastLines(`${stdout}\n${stderr}`)}`,
    );
  await succeed(walk.run, "pulumi", ["stack", "rm", walk.stack, "--yes", ...QUIET], {
    cwd: walk.root,
  });
  return "nothing is left";
}
