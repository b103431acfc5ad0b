import { invocation } from "../lib/beside.ts";
import {
  FLAG,
  nameAndValue,
  readLine,
  TEXT,
  TEXTS,
  UsageError,
  wholeNumber,
} from "../lib/command-line.ts";

export type CliOptions = ReturnType<typeof readOptions>;

const START = invocation("start");

export const HELP = `Runs the services of a stack on this machine, as ECS would run them, behind a local load balancer.

  ${START} [options]

  --stack NAME        stack to take the settings from (dev)
  --port N            port of the load balancer, 0 for a free one (8080)
  --tasks N           number of tasks (the stack's desired count)
  --watch             replace the tasks one by one when the source of their app changes
  --run NAME          run a scheduled task or a worker once, and end with its exit code
  --docker            run the real image, read-only and with the task's CPU and memory limits
  --config KEY=VALUE  a value in place of the stack file's; repeatable
  --env NAME=VALUE    a variable for the app, such as a secret; repeatable (NAME alone: from this shell)
  --help

While it runs: r replaces all tasks one by one, Ctrl-C drains and stops, a second Ctrl-C kills.

Examples
  ${START.replace(/ --$/, "")}
  ${START} --stack prod --tasks 2 --port 9000
  ${START} --watch
  ${START} --run nightly
  ${START} --docker --config nodeImage=node:24-slim
  ${START} --config appPath=../my-service --config healthPath=/health --env DATABASE_URL=postgres://localhost/dev
`;

/** @throws UsageError with one sentence when an option is unknown or its value refused. */
export function readOptions(
  args: readonly string[],
  shell: Readonly<Record<string, string | undefined>>,
) {
  const { values } = readLine(START, args, {
    stack: { ...TEXT, default: "dev" },
    docker: FLAG,
    port: { ...TEXT, default: "8080" },
    tasks: TEXT,
    watch: FLAG,
    run: TEXT,
    config: TEXTS,
    env: TEXTS,
  });
  const { port, tasks, config, env, ...others } = values;
  return {
    ...others,
    port: wholeNumber("--port", port, 0, 65_535),
    ...(tasks === undefined ? {} : { tasks: wholeNumber("--tasks", tasks, 1, 50) }),
    config: Object.fromEntries(config.map((text) => nameAndValue("--config", text))),
    environment: Object.fromEntries(
      env.map((text) => (text.includes("=") ? nameAndValue("--env", text) : own(text, shell))),
    ),
  };
}

function own(name: string, shell: Readonly<Record<string, string | undefined>>): [string, string] {
  const value = shell[name];
  if (value !== undefined) return [name, value];
  throw new UsageError(
    `--env ${name} takes its value from this shell, which has none: write --env ${name}=value.`,
  );
}
