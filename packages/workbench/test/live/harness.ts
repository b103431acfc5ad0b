import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ECR } from "@aws-sdk/client-ecr";
import { createClients } from "../../src/live/verification/clients.ts";
import { main } from "../../src/live/cli.ts";
import type { StateResource } from "../../src/live/exported.ts";
import type { Pulumi } from "../../src/live/pulumi.ts";
import type { Update } from "../../src/live/stack-history.ts";
import type { ConfigValues } from "../../src/live/stack-file.ts";
import type { Dependencies, OpsClients } from "../../src/live/command.ts";
import { ACCOUNT, taskDefinition } from "./verification/answers.ts";
import { FakeClock, stubSend, type Answers, type Call } from "./verification/stub.ts";

/** 2026-03-01, half an hour after the deployments of the answers. */
export const NOW = new Date("2026-03-01T12:30:00Z");

export const repositoryOf = (stack: string): string =>
  `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/registry-${stack}`;
export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** Outputs of a stack whose last `up` went well. */
export const outputsOf = (stack: string, revision = 43): Record<string, unknown> => ({
  url: `https://${stack}.example.com`,
  clusterName: "api-c1",
  serviceName: "api-5f2e",
  taskDefinitionArn: taskDefinition(revision),
  logGroupName: "api-9d8c",
  repositoryUrl: repositoryOf(stack),
  tableName: "",
});

export class FakePulumi implements Pulumi {
  own: Record<string, string> = {};
  stacks: Record<string, Record<string, unknown>>;
  state: StateResource[] = [];
  config: Record<string, string> = {};
  record: Update[] | undefined;
  readonly ups: { stack: string; yes: boolean }[] = [];
  readonly written: { stack: string; values: ConfigValues }[] = [];
  upExitCode = 0;

  constructor(stacks: Record<string, Record<string, unknown>>) {
    this.stacks = stacks;
  }

  containers() {
    return Promise.resolve(this.own);
  }

  outputs(stack: string) {
    return Promise.resolve(this.stacks[stack] ?? {});
  }

  resources() {
    return Promise.resolve(this.state);
  }

  getConfig(_stack: string, key: string) {
    return Promise.resolve(this.config[key]);
  }

  setConfig(stack: string, values: ConfigValues) {
    this.written.push({ stack, values });
    return Promise.resolve();
  }

  history(stack: string) {
    return this.record === undefined
      ? Promise.reject(new Error(`no history of ${stack}`))
      : Promise.resolve(this.record);
  }

  up(stack: string, { yes }: { yes: boolean }) {
    this.ups.push({ stack, yes });
    return Promise.resolve(this.upExitCode);
  }
}

export interface Ran {
  code: number;
  stdout: string[];
  stderr: string[];
  calls: Call[];
  bounds: object[];
  clock: FakeClock;
}

export interface Setting {
  pulumi?: FakePulumi;
  answers?: Answers | (() => Answers);
  interactive?: boolean;
  signal?: AbortSignal;
  /** Times of commits, by hash. */
  commits?: Readonly<Record<string, number>>;
  /** In place of them. */
  commitTime?: Dependencies["commitTime"];
  /** IPv4 addresses by host name. @default - none resolves */
  names?: Readonly<Record<string, string[]>>;
  connect?: (region: string, profile?: string) => OpsClients;
}

/** Runs a command as the command line would, with what the test puts in place of AWS and Pulumi. */
export async function runCommandLine(args: readonly string[], setting: Setting = {}): Promise<Ran> {
  const { answers = {}, pulumi = new FakePulumi({ prod: outputsOf("prod") }) } = setting;
  const clock = new FakeClock();
  const clients: OpsClients = {
    ...createClients({ region: "eu-west-1" }),
    ecr: new ECR({ region: "eu-west-1" }),
    dynamodb: new DynamoDB({ region: "eu-west-1" }),
  };
  const table = typeof answers === "function" ? answers : () => answers;
  const calls = stubSend(Object.values(clients) as { send: unknown }[], table);
  const ran = { stdout: [] as string[], stderr: [] as string[], bounds: [] as object[] };
  const dependencies: Dependencies = {
    pulumi,
    connect: setting.connect ?? (() => clients),
    scalableTarget: (region) => ({
      setBounds: ({ clusterName, serviceName }, bounds) => {
        ran.bounds.push({ region, clusterName, serviceName, ...bounds });
        return Promise.resolve();
      },
    }),
    commitTime: setting.commitTime ?? ((commit) => Promise.resolve(setting.commits?.[commit])),
    resolve: (name) => {
      const found = setting.names?.[name];
      return found === undefined ? Promise.reject(new Error("ENOTFOUND")) : Promise.resolve(found);
    },
    clock,
    now: () => NOW,
    print: (text) => void ran.stdout.push(text),
    note: (text) => void ran.stderr.push(text),
    signal: setting.signal ?? new AbortController().signal,
    interactive: setting.interactive ?? false,
  };
  const code = await main(args, dependencies);
  return { code, ...ran, calls, clock };
}

/** The calls of some commands, in order. */
export const commands = ({ calls }: Ran, ...names: string[]): Call[] =>
  calls.filter(({ command }) => names.includes(command));
