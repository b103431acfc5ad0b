import { createRequire } from "node:module";
import { join } from "node:path";
import { styleText } from "node:util";
import { callerAccount } from "../bootstrap/caller.ts";
import { runCommand } from "../../lib/command.ts";
import { invocation } from "../../lib/beside.ts";
import { FLAG, readLine, runTool } from "../../lib/command-line.ts";
import { planAny } from "../../plan/general/any.ts";
import { loadWorkbenchConfig } from "../../project/workbench-config.ts";
import { stackNames } from "../../plan/project.ts";
import type { Dependencies } from "./checks.ts";
import { examine, report } from "./doctor.ts";

const ROOT = process.cwd();

/** Version of the program's SDK; empty where it is not installed, which its plan says. */
function sdkVersion(): string {
  try {
    const sdk: unknown = createRequire(join(ROOT, "index.js"))("@pulumi/pulumi/package.json");
    return (sdk as { version: string }).version;
  } catch {
    return "";
  }
}

const HELP = `Looks at what a deployment needs on this machine and in the account, and says what to do. Changes nothing.

  ${invocation("doctor")} [stack ...] [options]

  --offline  leaves out what needs a network: backend, credentials, quotas
  --json     the findings as JSON
  --help

Exit code 1 when something is missing that a deployment needs.
`;

const COLOURS = { ok: "green", warn: "yellow", fail: "red" } as const;

/** This machine, and the AWS account of its credentials. */
const dependencies: Dependencies = {
  run: (command, args, options) => runCommand(command, args, { cwd: ROOT, ...options }),
  root: ROOT,
  nodeVersion: process.versions.node,
  env: process.env,
  sdkVersion: sdkVersion(),
  stacks: () => stackNames(ROOT),
  plan: (stack) => planAny({ stack, root: ROOT }),
  declared: await loadWorkbenchConfig(ROOT),
  account: callerAccount,
  async loadBalancers(region) {
    const sdk = await import("@aws-sdk/client-elastic-load-balancing-v2");
    const client = new sdk.ElasticLoadBalancingV2Client({ region });
    try {
      let used = 0;
      for await (const page of sdk.paginateDescribeLoadBalancers({ client }, {}))
        used += (page.LoadBalancers ?? []).filter(({ Type }) => Type === "application").length;
      const { Limits = [] } = await client.send(
        new sdk.DescribeAccountLimitsCommand({ PageSize: 400 }),
      );
      const limit = Limits.find(({ Name }) => Name === "application-load-balancers")?.Max;
      return { used, limit: Number(limit ?? Number.POSITIVE_INFINITY) };
    } finally {
      client.destroy();
    }
  },
};

await runTool(async (args) => {
  const options = { offline: FLAG, json: FLAG };
  const { values, positionals } = readLine(invocation("doctor"), args, options, true);
  const stacks = positionals.length === 0 ? undefined : positionals;
  const findings = await examine(dependencies, { offline: values.offline, stacks });
  const text = values.json
    ? JSON.stringify(findings, null, 2) + "\n"
    : report(findings, (level, word) =>
        styleText(COLOURS[level], word, { stream: process.stdout }),
      );
  process.stdout.write(text);
  return findings.some(({ level }) => level === "fail") ? 1 : 0;
}, HELP);
