import {
  DescribeListenersCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetGroupsCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseDocument } from "yaml";
import type { CommandResult, RunCommand } from "@koa-fargate/workbench/lib/command.ts";
import { stackOutputs } from "@koa-fargate/workbench/pipeline/delivery/pulumi.ts";
import { REGION, type EmulatedAws } from "../emulated/aws.ts";
import { PROJECT } from "../helpers/project.ts";

const STACK = "dev";
const APP = path.resolve(import.meta.dirname, "../fixtures/apps/strict");
const QUIET = ["--non-interactive", "--color=never"] as const;

/** An app that the tests know, and what the containers of the emulator cannot have: the time of a real start. */
const EMULATED: Readonly<Record<string, unknown>> = {
  environment: {},
  healthPath: "/readyz",
  livenessPath: "/livez",
  spotPercent: 0,
  healthCheckGracePeriodSeconds: 30,
};

export interface LifeArgs {
  run: RunCommand;
  /** Folder that `appPath` is relative to. */
  project: string;
  /** Folder of the stack file. @default project */
  settings?: string;
  aws: EmulatedAws;
  /** More settings of the stack. @default none */
  config?: Readonly<Record<string, unknown>>;
}

/** A stack on an emulated AWS with real containers, and what a test does with it. */
export class Life {
  readonly #args: LifeArgs;
  readonly #file: string;
  readonly #elb: ElasticLoadBalancingV2Client;

  constructor(args: LifeArgs) {
    this.#args = args;
    this.#file = path.join(args.settings ?? args.project, `Pulumi.${STACK}.yaml`);
    this.#elb = new ElasticLoadBalancingV2Client({
      endpoint: args.aws.health.endpoint,
      region: REGION,
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
    });
    const appPath = this.app("0.1.0");
    for (const [key, value] of Object.entries({ ...EMULATED, appPath, ...args.config }))
      this.set(key, value);
  }

  get aws(): EmulatedAws {
    return this.#args.aws;
  }

  /** Sets a key of the stack, or takes it away: undefined. */
  set(key: string, value: unknown): void {
    const document = parseDocument(readFileSync(this.#file, "utf8"));
    const at = [
      "config",
      ...key.split(".").map((part, index) => (index === 0 ? `${PROJECT}:${part}` : part)),
    ];
    if (value === undefined) document.deleteIn(at);
    else document.setIn(at, value);
    writeFileSync(this.#file, document.toString());
  }

  /** A copy of the app in this version. @returns its `appPath` */
  app(version: string): string {
    const { project } = this.#args;
    const copy = `.local/test-apps/${version}`;
    cpSync(APP, path.join(project, copy), { recursive: true });
    const file = path.join(project, copy, "package.json");
    const app = JSON.parse(readFileSync(file, "utf8")) as object;
    writeFileSync(file, JSON.stringify({ ...app, version }));
    return `./${copy}`;
  }

  pulumi(...args: string[]): Promise<CommandResult> {
    return this.#args.run("pulumi", [...args, "--stack", STACK, ...QUIET]);
  }

  async init(): Promise<void> {
    const { code, stdout, stderr } = await this.#args.run("pulumi", [
      "stack",
      "init",
      STACK,
      ...QUIET,
    ]);
    if (code !== 0) throw new Error(stdout + stderr);
  }

  up(): Promise<CommandResult> {
    return this.pulumi("up", "--yes", "--skip-preview");
  }

  async output(name: string): Promise<string> {
    const outputs = await stackOutputs({ run: this.#args.run }, STACK);
    return String(outputs?.[name]);
  }

  /** Version that answers callers at the load balancer. */
  async version(): Promise<string> {
    const url = `http://${await this.output("albDnsName")}/status`;
    // On a busy machine an app may shed a request; who serves is who answers next.
    for (let tries = 20; tries > 0; tries -= 1) {
      const response = await fetch(url);
      if (response.ok) return ((await response.json()) as { version: string }).version;
      await wait(1000);
    }
    throw new Error(`${url} does not answer.`);
  }

  /** Ports of the load balancer, each with what its listener does. */
  async listeners(): Promise<string[]> {
    const { LoadBalancers = [] } = await this.#elb.send(new DescribeLoadBalancersCommand({}));
    const { Listeners = [] } = await this.#elb.send(
      new DescribeListenersCommand({ LoadBalancerArn: LoadBalancers[0]?.LoadBalancerArn }),
    );
    return Listeners.map(
      ({ Port, Protocol, DefaultActions = [] }) =>
        `${String(Port)} ${String(Protocol)} ${String(DefaultActions[0]?.Type)}`,
    ).sort();
  }

  /** Health of each target. */
  async targets(): Promise<string[]> {
    const { TargetGroups = [] } = await this.#elb.send(new DescribeTargetGroupsCommand({}));
    const answers = await Promise.all(
      TargetGroups.map(({ TargetGroupArn }) =>
        this.#elb.send(new DescribeTargetHealthCommand({ TargetGroupArn })),
      ),
    );
    return answers.flatMap(({ TargetHealthDescriptions = [] }) =>
      TargetHealthDescriptions.map(({ TargetHealth }) => String(TargetHealth?.State)),
    );
  }

  stop(): void {
    this.#elb.destroy();
  }
}
