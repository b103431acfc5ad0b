/** A part of the set-up that can be done, seen to be done, and done again without harm. */
export interface Step {
  title: string;
  /** What it will do, a line each. */
  lines: readonly string[];
  /** Whether there is nothing left to do; looked up in the world itself, so that a second run goes on where one stopped. */
  done(): Promise<boolean>;
  /** Shows more before the question, such as a preview. */
  show?(): Promise<unknown>;
  run(): Promise<unknown>;
}

export interface Terminal {
  print(line: string): void;
  /** @returns whether the answer was yes */
  confirm(question: string): Promise<boolean>;
}

export type StepOutcome = "done before" | "done" | "would be done" | "refused";

/**
 * Goes through the steps in order, each shown before it is done, and stops where one is refused.
 * @param dryRun shows every step and does none
 * @returns what became of each step that was reached
 * @throws whatever a step throws; the steps before it stay done
 */
export async function runSteps(
  steps: readonly Step[],
  terminal: Terminal,
  { dryRun }: { dryRun: boolean },
): Promise<StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  for (const [index, step] of steps.entries()) {
    const outcome = await runStep(step, `${index + 1}/${steps.length} ${step.title}`);
    outcomes.push(outcome);
    if (outcome === "refused") break;
  }
  return outcomes;

  async function runStep(step: Step, title: string): Promise<StepOutcome> {
    const done = await step.done();
    terminal.print(`${done ? "ok   " : dryRun ? "to do" : "next "} ${title}`);
    if (done) return "done before";
    for (const line of step.lines) terminal.print(`        ${line}`);
    if (dryRun) return "would be done";
    await step.show?.();
    if (!(await terminal.confirm("        Do it?"))) {
      terminal.print("Stopped. Run the same command again to go on from here.");
      return "refused";
    }
    await step.run();
    terminal.print(`ok    ${title}`);
    return "done";
  }
}
