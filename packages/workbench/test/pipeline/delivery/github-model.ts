import type { Job, Workflow } from "./workflow-files.ts";

/**
 * What GitHub does with jobs that queue and wait, which nothing on this machine can show: act knows neither concurrency nor
 * approvals. All of it is assumed, by these sources.
 */
export const RULES = [
  {
    rule: "Of a concurrency group one job runs; of those that wait for it the newest is kept, and the others are cancelled.",
    source: "GitHub Docs, Control the concurrency of workflows and jobs",
  },
  {
    rule: "With cancel-in-progress false, nothing that runs is cancelled by its group.",
    source: "GitHub Docs, Control the concurrency of workflows and jobs",
  },
  {
    rule: "A job whose environment has required reviewers waits for one of them, and holds its concurrency group meanwhile.",
    source: "GitHub Docs, Reviewing deployments; dotnet/docs#28144",
  },
  {
    rule: "Groups are the repository's: jobs of different workflows share them.",
    source: "GitHub Docs, Control the concurrency of workflows and jobs",
  },
  {
    rule: "status=waiting lists the runs that wait for an approval, and cancelling one frees what it holds.",
    source: "GitHub Docs, REST API, Workflow runs",
  },
] as const;

export type State =
  "not started" | "pending" | "waiting" | "running" | "success" | "skipped" | "cancelled";

export interface Run {
  id: number;
  workflow: Workflow;
  inputs: Readonly<Record<string, string>>;
  jobs: Map<string, State>;
}

const OVER: readonly State[] = ["success", "skipped", "cancelled"];

/** Runs of parsed workflows by {@link RULES}. Steps are taken to succeed; conditions that a run meets are given. */
export class GitHubModel {
  readonly runs: Run[] = [];
  /** Runs whose job deployed to an environment, in order: `prod 3`. */
  readonly deployed: string[] = [];
  readonly #approved: ReadonlySet<string>;
  /** Jobs that take their time; all others are over at once. */
  readonly #slow: ReadonlySet<string>;
  readonly #holders = new Map<string, Place>();
  readonly #pending = new Map<string, Place>();

  /** @param approved environments with required reviewers @param slow environments whose deployment takes its time */
  constructor(approved: readonly string[], slow: readonly string[] = []) {
    this.#approved = new Set(approved);
    this.#slow = new Set(slow);
  }

  /** @param skipped jobs whose condition is not met */
  start(workflow: Workflow, inputs: Run["inputs"] = {}, skipped: readonly string[] = []): Run {
    const jobs = Object.keys(workflow.jobs).map((name): [string, State] => [
      name,
      skipped.includes(name) ? "skipped" : "not started",
    ]);
    const run = { id: this.runs.length + 1, workflow, inputs, jobs: new Map(jobs) };
    this.runs.push(run);
    this.#settle();
    return run;
  }

  /** A reviewer approves what a run waits for. */
  approve(run: Run): void {
    for (const [name, state] of run.jobs) if (state === "waiting") this.#run({ run, name });
    this.#settle();
  }

  /** A deployment that took its time is over. */
  finish(run: Run): void {
    for (const [name, state] of run.jobs) if (state === "running") this.#end({ run, name });
    this.#settle();
  }

  #settle(): void {
    for (let again = true; again;) {
      again = false;
      for (const run of this.runs)
        for (const [name, state] of run.jobs)
          if (state === "not started" && ready(run, name)) {
            this.#enter({ run, name });
            again = true;
          }
    }
  }

  #enter(place: Place): void {
    const group = this.#group(place);
    if (group === undefined) {
      this.#take(place);
      return;
    }
    if (!this.#holders.has(group)) {
      this.#holders.set(group, place);
      this.#take(place);
      return;
    }
    const before = this.#pending.get(group);
    if (before !== undefined) this.#cancel(before.run);
    this.#pending.set(group, place);
    set(place, "pending");
  }

  #take(place: Place): void {
    const environment = written(job(place).environment, place.run);
    if (environment !== undefined && this.#approved.has(environment)) set(place, "waiting");
    else this.#run(place);
  }

  #run(place: Place): void {
    set(place, "running");
    const environment = written(job(place).environment, place.run);
    if (environment === undefined || !this.#slow.has(environment)) this.#end(place);
  }

  #end(place: Place): void {
    set(place, "success");
    const { steps } = job(place);
    const environment = written(job(place).environment, place.run);
    if (steps.some(({ id }) => id === "up"))
      this.deployed.push(`${environment ?? ""} ${place.run.id}`);
    // What the step itself asks GitHub for.
    if (steps.some(({ run = "" }) => run.includes("deploy.yml/runs?status=waiting")))
      for (const run of this.runs)
        if (
          run.id < place.run.id &&
          run.workflow.file === "deploy.yml" &&
          [...run.jobs.values()].includes("waiting")
        )
          this.#cancel(run);
    this.#leave(place);
  }

  #cancel(run: Run): void {
    for (const [name, state] of run.jobs) {
      if (OVER.includes(state)) continue;
      set({ run, name }, "cancelled");
      this.#leave({ run, name });
    }
  }

  /** The group goes to who waits for it. */
  #leave(place: Place): void {
    const group = this.#group(place);
    if (group === undefined) return;
    const same = (other: Place | undefined): boolean =>
      other?.run === place.run && other.name === place.name;
    if (same(this.#pending.get(group))) this.#pending.delete(group);
    if (!same(this.#holders.get(group))) return;
    this.#holders.delete(group);
    const next = this.#pending.get(group);
    if (next === undefined) return;
    this.#pending.delete(group);
    this.#holders.set(group, next);
    this.#take(next);
  }

  #group(place: Place): string | undefined {
    return written(job(place).concurrency?.group, place.run);
  }
}

interface Place {
  run: Run;
  name: string;
}

const job = ({ run, name }: Place): Job => run.workflow.jobs[name] ?? { steps: [] };
const set = ({ run, name }: Place, state: State): void => void run.jobs.set(name, state);

/** With the inputs of the run in their places. */
const written = (text: string | undefined, { inputs }: Run): string | undefined =>
  text?.replace(/\$\{\{ inputs\.(\w+) \}\}/g, (_, name: string) => inputs[name] ?? "");

/** All jobs before are over; one that was skipped holds back what has no condition of its own about it. */
function ready(run: Run, name: string): boolean {
  const { needs = [], if: condition = "" } = run.workflow.jobs[name] ?? { steps: [] };
  const before = [needs].flat().map((need) => run.jobs.get(need) ?? "skipped");
  if (!before.every((state) => OVER.includes(state))) return false;
  if (condition.includes("!cancelled()") || before.every((state) => state === "success"))
    return true;
  run.jobs.set(name, "skipped");
  return false;
}
