import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { messageOf } from "../../lib/words.ts";
import { fenced } from "../../review/comment/escape.ts";
import { redact } from "../../review/comment/redact.ts";
import { DeploymentError } from "./deployment.ts";
import type { Concern } from "./issues.ts";

/** What became of a step of a deployment. */
interface Note {
  step: string;
  /** Why it failed; absent where it did not. */
  error?: string;
  /** The end of what Pulumi said. */
  output?: string;
}

/** Folder of the notes of a deployment, which travel to the job that may write on GitHub. */
const FOLDER = "deployment";

const noteFile = (folder: string, stack: string): string => path.join(folder, `${stack}.json`);

async function readNotes(folder: string, stack: string): Promise<Note[]> {
  const text = await readFile(noteFile(folder, stack), "utf8").catch(() => "[]");
  return JSON.parse(text) as Note[];
}

/** Does a step of a deployment, and notes how it went. @throws what the step throws */
export async function noted<T>(
  stack: string,
  step: string,
  work: () => Promise<T>,
  folder = FOLDER,
): Promise<T> {
  const note = async (of: Omit<Note, "step">): Promise<void> => {
    const notes = [...(await readNotes(folder, stack)), { step, ...of }];
    await mkdir(folder, { recursive: true });
    await writeFile(noteFile(folder, stack), JSON.stringify(notes));
  };
  try {
    const result = await work();
    await note({});
    return result;
  } catch (error) {
    const output = error instanceof DeploymentError ? { output: redact(error.output) } : {};
    await note({ error: redact(messageOf(error)), ...output });
    throw error;
  }
}

/**
 * The issue of each stack that a run was to deploy: open while its last deployment failed.
 * @param folder of the notes
 * @param results of the jobs by stack, as JSON; a job that was skipped or cancelled says nothing
 */
export async function deploymentsOf(
  folder: string,
  results: string,
  runUrl: string,
): Promise<Concern[]> {
  const concerns: Concern[] = [];
  for (const [stack, result] of Object.entries(JSON.parse(results) as Record<string, string>))
    if (result === "success" || result === "failure")
      concerns.push({
        name: `deployment ${stack}`,
        title: `The last deployment of ${stack} failed`,
        text:
          result === "success" ? undefined : text(stack, await readNotes(folder, stack), runUrl),
        over: `${stack} was deployed: ${runUrl}`,
      });
  return concerns;
}

function text(stack: string, notes: readonly Note[], runUrl: string): string {
  const failed = notes.filter(({ error }) => error !== undefined);
  const back = notes.find(({ step }) => step === "roll-back");
  return [
    `**${stack}** was not deployed as it should have been: ${runUrl}`,
    "",
    ...(failed.length === 0
      ? ["Nothing of it was changed: the run failed before, and its log says where.", ""]
      : failed.flatMap(({ step, error = "", output }) => [
          `### ${TITLES[step] ?? step}`,
          "",
          fenced("text", [
            ...error.split("\n"),
            ...(output === undefined ? [] : ["", ...cut(output)]),
          ]),
          "",
        ])),
    ...(failed.length === 0
      ? []
      : [
          back === undefined
            ? "**It was not taken back.** docs/runbook.md says what to do."
            : back.error === undefined
              ? "The image before runs again. What else the commit changed stays: revert it to undo that, or restore the deployment before by `control.yml`."
              : '**It could not be taken back.** docs/runbook.md, "A rollback that failed", says what to do.',
          "",
        ]),
    `This issue closes itself when the next deployment of ${stack} succeeds.`,
  ].join("\n");
}

const TITLES: Readonly<Record<string, string>> = {
  up: "Deployment",
  smoke: "Smoke test",
  "roll-back": "Way back",
};

/** An issue takes 65,536 characters, as a comment does. */
const MOST = 20_000;

const cut = (output: string): string[] =>
  (output.length <= MOST ? output : `(...)\n${output.slice(-MOST)}`).split("\n");
