import { verify, type VerificationResult } from "../../../src/live/verification/verification.ts";
import { answers, STARTED, stoppedTask, SUBJECT, type World } from "./answers.ts";
import { FakeClock, stubClients, type Answers, type Call } from "./stub.ts";

export interface Run extends VerificationResult {
  seconds: number;
  lines: string[];
  calls: Call[];
}

/** Verifies while the world goes through its states, a poll each; the last one stays. */
export async function run(
  worlds: readonly World[],
  extra: Answers = {},
  subject = SUBJECT,
): Promise<Run> {
  const clock = new FakeClock();
  const lines: string[] = [];
  // The first question is for the settings, each later one begins an observation.
  let polls = -2;
  const current = (): World => worlds[Math.min(Math.max(polls, 0), worlds.length - 1)] ?? {};
  const { clients, calls } = stubClients(() => ({ ...answers(current()), ...extra }));
  const send = clients.ecs.send.bind(clients.ecs) as (command: object) => Promise<object>;
  clients.ecs.send = ((command: object) => {
    if (command.constructor.name === "DescribeServicesCommand") polls += 1;
    return send(command);
  }) as typeof clients.ecs.send;
  const result = await verify(clients, subject, {
    clock,
    now: () => STARTED.getTime() + 30 * 60_000 + clock.now(),
    report: (_, text) => lines.push(text),
  });
  return { ...result, seconds: clock.seconds, lines, calls };
}

/** What ran before. */
export const OLD = { revision: 42, running: 3 };

const crash = (id: string, lifetimeSeconds: number) =>
  stoppedTask(id, { exitCode: 1, lifetimeSeconds });
/** Three tasks of revision 43 that ended by themselves. */
export const CRASHES = [crash("1f0c2d4e", 2.1), crash("2a1b3c4d", 2), crash("3b2c4d5e", 2.2)];
