import { createClients, type Clients } from "../../../src/live/verification/clients.ts";
import type { Clock } from "../../../src/live/verification/watch.ts";

/** Answer to one command: a value, or a function of the input and the number of the call. Errors are thrown. */
export type Answer = object;
export type Answers = Readonly<Record<string, Answer>>;

export interface Call {
  command: string;
  input: Readonly<Record<string, unknown>>;
}

interface Sender {
  send: unknown;
}

/** Answers the commands of AWS clients from a table, without network. A command that is not in the table fails the test. */
export function stubSend(clients: readonly Sender[], answers: () => Answers): Call[] {
  const calls: Call[] = [];
  const send = (command: { constructor: { name: string }; input: Call["input"] }) => {
    const name = command.constructor.name.replace(/Command$/, "");
    const earlier = calls.filter((call) => call.command === name).length;
    calls.push({ command: name, input: command.input });
    const answer = answers()[name];
    return Promise.resolve().then(() => {
      if (answer === undefined) throw new Error(`The test has no answer to ${name}.`);
      const value = give(answer, command.input, earlier);
      if (value instanceof Error) throw value;
      return value;
    });
  };
  for (const client of clients) client.send = send;
  return calls;
}

/** What an answer is for an input. */
export function give(answer: Answer, input: unknown, call: number): object {
  return typeof answer === "function" ? (answer as Giver)(input, call) : answer;
}
type Giver = (input: unknown, call: number) => object;

/** Verification's clients on a table of answers. */
export function stubClients(answers: Answers | (() => Answers)): {
  clients: Clients;
  calls: Call[];
} {
  const clients = createClients({ region: "eu-west-1" });
  const table = typeof answers === "function" ? answers : () => answers;
  return { clients, calls: stubSend(Object.values(clients) as Sender[], table) };
}

export function awsError(name: string, message: string, httpStatusCode = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });
}

const LONGEST_MILLISECONDS = 24 * 60 * 60 * 1000;

/** Time passes only by sleeping. */
export class FakeClock implements Clock {
  milliseconds = 0;
  readonly slept: number[] = [];

  now(): number {
    return this.milliseconds;
  }

  sleep(milliseconds: number): Promise<void> {
    this.milliseconds += milliseconds;
    this.slept.push(milliseconds / 1000);
    // Without an end the test would hang: nothing in it waits for real.
    if (this.milliseconds > LONGEST_MILLISECONDS)
      return Promise.reject(new Error("The code under test waits for ever."));
    return Promise.resolve();
  }

  get seconds(): number {
    return this.milliseconds / 1000;
  }
}
