import { readFileSync } from "node:fs";
import path from "node:path";
import { callerAccount } from "../bootstrap/caller.ts";
import { runCommand } from "../delivery/command.ts";
import { planStack } from "../plan/evaluate.ts";
import { stackNames } from "../plan/project.ts";
import type { LoadBalancerQuota, World } from "./checks.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** This machine, and the AWS account of its credentials. */
export function realWorld(): World {
  const { dependencies } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  return {
    run: (command, args, options) => runCommand(command, args, { cwd: ROOT, ...options }),
    nodeVersion: process.versions.node,
    env: process.env,
    sdkVersion: dependencies["@pulumi/pulumi"] ?? "",
    stacks: () => stackNames(ROOT),
    plan: (stack) => planStack({ stack }),
    account: callerAccount,
    loadBalancers,
  };
}

async function loadBalancers(region: string): Promise<LoadBalancerQuota> {
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
}
