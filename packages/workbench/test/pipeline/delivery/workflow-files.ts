import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

export const REPOSITORY = path.resolve(import.meta.dirname, "../../../../..");

export interface Step {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
  "timeout-minutes"?: number;
}

export interface Job {
  needs?: string | string[];
  if?: string;
  permissions?: Record<string, string>;
  /** Its name, however it is written. */
  environment?: string;
  /** What the environment is shown with. */
  url?: string | undefined;
  /** Whether the job shows as a deployment to its environment. */
  deployment?: boolean;
  outputs?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": unknown };
  strategy?: { matrix: Record<string, string[] | string> };
  "timeout-minutes"?: number;
  "runs-on"?: string;
  steps: Step[];
}

interface Environment {
  name: string;
  url?: string;
  deployment?: boolean;
}

export interface Workflow {
  /** File name. */
  file: string;
  text: string;
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  concurrency?: { group: string; "cancel-in-progress": unknown };
  jobs: Record<string, Job>;
}

export interface LocalAction {
  /** Folder, as `uses` names it. */
  folder: string;
  text: string;
  inputs: string[];
  steps: Step[];
}

const WORKFLOWS = path.join(REPOSITORY, ".github/workflows");
const ACTIONS = path.join(REPOSITORY, ".github/actions");

export const workflows: readonly Workflow[] = readdirSync(WORKFLOWS)
  .sort()
  .map((file) => {
    const text = readFileSync(path.join(WORKFLOWS, file), "utf8");
    const { jobs, ...rest } = parse(text) as Omit<Workflow, "file" | "text" | "jobs"> & {
      jobs: Record<string, Omit<Job, "environment"> & { environment?: string | Environment }>;
    };
    const named = Object.entries(jobs).map(([name, { environment, ...job }]): [string, Job] => [
      name,
      {
        ...job,
        ...(environment === undefined
          ? {}
          : typeof environment === "string"
            ? { environment, deployment: true }
            : {
                environment: environment.name,
                url: environment.url,
                deployment: environment.deployment ?? true,
              }),
      },
    ]);
    return { file, text, ...rest, jobs: Object.fromEntries(named) };
  });

export const localActions: readonly LocalAction[] = readdirSync(ACTIONS)
  .sort()
  .map((name) => {
    const text = readFileSync(path.join(ACTIONS, name, "action.yml"), "utf8");
    const { inputs, runs } = parse(text) as {
      inputs?: Record<string, unknown>;
      runs: { steps: Step[] };
    };
    return {
      folder: `./.github/actions/${name}`,
      text,
      inputs: Object.keys(inputs ?? {}),
      steps: runs.steps,
    };
  });

export function workflow(file: string): Workflow {
  const found = workflows.find((candidate) => candidate.file === file);
  if (found === undefined) throw new Error(`There is no workflow ${file}.`);
  return found;
}

export interface Place {
  where: string;
  job: Job;
}

/** Every job of every workflow. */
export const jobs: readonly Place[] = workflows.flatMap(({ file, jobs }) =>
  Object.entries(jobs).map(([name, job]) => ({ where: `${file} ${name}`, job })),
);

/** Every step, those of the local actions included. */
export const steps: readonly { where: string; step: Step }[] = [
  ...jobs.flatMap(({ where, job }) => job.steps.map((step) => ({ where, step }))),
  ...localActions.flatMap(({ folder, steps }) => steps.map((step) => ({ where: folder, step }))),
];

/** The files as they are written, comments included. */
export const sources: readonly { file: string; text: string }[] = [
  ...workflows.map(({ file, text }) => ({ file, text })),
  ...localActions.map(({ folder, text }) => ({ file: folder, text })),
];
