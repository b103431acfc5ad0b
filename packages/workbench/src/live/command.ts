import { resolve4 } from "node:dns/promises";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { ECR } from "@aws-sdk/client-ecr";
import type { Resolve } from "./domain.ts";
import { runCommand } from "../lib/command.ts";
import { defined } from "../lib/defined.ts";
import { createClients, type Clients } from "./verification/clients.ts";
import { SYSTEM_CLOCK, type Clock } from "./verification/watch.ts";
import { pulumiCli, type Pulumi } from "./pulumi.ts";
import { scalableTarget, type ScalableTarget } from "./scalable-target.ts";

export interface OpsClients extends Clients {
  ecr: ECR;
  dynamodb: DynamoDB;
}

/** What the commands act on; tests put their own in its place. */
export interface Dependencies {
  pulumi: Pulumi;
  connect: (region: string, profile?: string) => OpsClients;
  scalableTarget: (region: string) => ScalableTarget;
  /** When a commit was made, in milliseconds since 1970; undefined where this repository does not know it. */
  commitTime: (commit: string) => Promise<number | undefined>;
  resolve: Resolve;
  clock: Clock;
  now: () => Date;
  /** Data, on standard output. */
  print: (text: string) => void;
  /** Progress and warnings, on standard error. */
  note: (text: string) => void;
  /** Ends commands that follow something, on Ctrl-C. */
  signal: AbortSignal;
  /** Whether somebody sits there to answer questions. */
  interactive: boolean;
}

export interface Invocation extends Dependencies {
  positionals: readonly string[];
  values: Readonly<Record<string, string | boolean | undefined>>;
}

export interface Command {
  name: string;
  /** A line for the list of commands. */
  summary: string;
  /** What follows the name on the command line: `STACK` is an argument, `[SERVICE]` one that may be left out, `[--json]` a switch, `[--since 10m]` takes a value. */
  usage: string;
  /** Paragraphs, options and examples. */
  help: string;
  /** @returns the exit code */
  run: (invocation: Invocation) => Promise<number>;
}

export function systemDependencies(signal: AbortSignal): Dependencies {
  return {
    pulumi: pulumiCli(),
    connect: (region, profile) => {
      const config = defined({ region, profile });
      return {
        ...createClients({ region, profile }),
        ecr: new ECR(config),
        dynamodb: new DynamoDB(config),
      };
    },
    scalableTarget,
    commitTime: async (commit) => {
      const args = ["show", "--no-patch", "--format=%ct", commit];
      const { code, stdout } = await runCommand("git", args);
      return code === 0 ? Number(stdout.trim()) * 1000 : undefined;
    },
    resolve: resolve4,
    clock: SYSTEM_CLOCK,
    now: () => new Date(),
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
    signal,
    interactive: process.stdin.isTTY,
  };
}
