import { STRATEGIES } from "../../ecs/deployment.ts";
import { invocation } from "../../lib/beside.ts";
import {
  FLAG,
  nameAndValue,
  readLine,
  TEXT,
  TEXTS,
  UsageError,
  wholeNumber,
} from "../../lib/command-line.ts";
import { defined } from "../../lib/defined.ts";
import { FAULTS } from "./versions.ts";

export type Arguments = ReturnType<typeof readArguments>;

const REHEARSE = invocation("rehearse");

export const HELP = `Rehearses a deployment on this machine: the old and the new version of the app under load, behind a load balancer that
follows the stack's own settings, with time compressed. Ends with code 1 when a good version loses a request or a bad
one is not rolled back within what its strategy allows.

  ${REHEARSE} STACK [options]

  --strategy NAME     rolling, blue-green, canary or linear (the stack's)
  --bad FAULT         what is wrong with the new version: crash (at its start), crash-later (once it was healthy), 500, slow,
                      hang (no answer), reset (connections) or never-healthy (nothing)
  --clients N         clients that send requests, one at a time each (20)
  --rate N            requests a second of all clients together (150)
  --factor N          seconds of the stack in one second here (60)
  --tasks N           number of tasks (the stack's desired count)
  --path PATH         what the clients GET; repeatable (the app's examples, or /)
  --json              the result as JSON
  --config KEY=VALUE  a value in place of the stack file's; repeatable
  --env NAME=VALUE    a variable for the app; repeatable
  --help

Examples
  ${REHEARSE} prod
  ${REHEARSE} prod --strategy canary --bad 500
  ${REHEARSE} prod --strategy linear --bad slow --config stepPercent=25 --config stepBakeTimeMinutes=4
  ${REHEARSE} prod --bad crash --factor 20
`;

/** @throws UsageError with one sentence when an option is unknown or its value refused. */
export function readArguments(args: readonly string[]) {
  const { values, positionals } = readLine(
    REHEARSE,
    args,
    {
      strategy: TEXT,
      bad: TEXT,
      clients: { ...TEXT, default: "20" },
      rate: { ...TEXT, default: "150" },
      factor: { ...TEXT, default: "60" },
      tasks: TEXT,
      path: TEXTS,
      json: FLAG,
      config: TEXTS,
      env: TEXTS,
    },
    true,
  );
  const [stack, ...others] = positionals;
  if (stack === undefined || others.length > 0)
    throw new UsageError(
      stack === undefined
        ? `Which stack? Try ${REHEARSE} prod.`
        : `One stack at a time, not ${positionals.join(" and ")}.`,
    );
  const { json, strategy, bad, tasks, config, env } = values;
  return {
    json,
    stack,
    ...defined({
      strategy: choice("--strategy", strategy, STRATEGIES),
      bad: choice("--bad", bad, FAULTS),
      tasks: tasks === undefined ? undefined : wholeNumber("--tasks", tasks, 1, 20),
    }),
    clients: wholeNumber("--clients", values.clients, 1, 500),
    rate: wholeNumber("--rate", values.rate, 1, 5000),
    factor: wholeNumber("--factor", values.factor, 1, 600),
    paths: values.path,
    config: Object.fromEntries(config.map((text) => nameAndValue("--config", text))),
    environment: Object.fromEntries(env.map((text) => nameAndValue("--env", text))),
  };
}

function choice<T extends string>(
  option: string,
  value: string | undefined,
  choices: readonly T[],
): T | undefined {
  const found = choices.find((candidate) => candidate === value);
  if (found !== undefined || value === undefined) return found;
  throw new UsageError(
    `${option} is ${JSON.stringify(value)}, but must be one of: ${choices.join(", ")}.`,
  );
}
