import type { Overrides } from "../plan/stack-config.ts";
import { invocation } from "../lib/beside.ts";
import { FLAG, nameAndValue, readLine, TEXT, TEXTS, UsageError } from "../lib/command-line.ts";

export type Arguments = ReturnType<typeof readArguments>;

const PLAN = invocation("plan");

export const HELP = `Plans a stack offline: evaluates the program with no Pulumi CLI, credentials or network.

  ${PLAN} <stack> [options]

  --tree               every resource below its parent, with the count of each component
  --against <commit>   what the working tree changes, compared with a commit, branch or tag
  --diagram            the architecture, drawn from the plan, as Mermaid
  --dashboard          the CloudWatch dashboards as an HTML page, with sample data
  --rollout            how a deployment goes: a timeline, how long, what it costs, how fast a fault is noticed
  --cost               what the stack costs a month, line by line
  --load <number>      with so many requests a second, for --cost; idle without
  --assumptions        what these numbers and the deployments rely on, with sources
  --json               the plan, or the difference, as JSON
  --output <file>      writes it as JSON to a file
  --root <folder>      a Pulumi project elsewhere; as a rule the one around the working directory
  --config <key=value> a configuration value in place of the stack file's; may be repeated
  --help

  ${PLAN} prod
  ${PLAN} dev --tree
  ${PLAN} prod --against main
  ${PLAN} prod --against HEAD --config deploymentStrategy=canary
  ${PLAN} prod --rollout --config deploymentStrategy=canary
  ${PLAN} prod --cost --load 50
  ${PLAN} prod --dashboard > dashboard.html
  ${PLAN} prod --json --output plan.json
  ${PLAN} dev --config taskCpu=512 --config taskMemoryMiB=1024
  ${PLAN} dev --config 'interfaceEndpoints=["ecr.api","ecr.dkr"]'
`;

/**
 * Reads the command line.
 * @throws UsageError in one sentence
 */
export function readArguments(args: readonly string[]) {
  const { values, positionals } = readLine(
    PLAN,
    args,
    {
      json: FLAG,
      tree: FLAG,
      rollout: FLAG,
      cost: FLAG,
      load: TEXT,
      assumptions: FLAG,
      against: TEXT,
      diagram: FLAG,
      dashboard: FLAG,
      root: TEXT,
      output: TEXT,
      config: TEXTS,
    },
    true,
  );
  if (positionals.length > 1)
    throw new UsageError(
      `One stack at a time: ${positionals.map((name) => JSON.stringify(name)).join(" and ")} are ${positionals.length}.`,
    );
  const { config, load, ...flags } = values;
  const overrides: Overrides = Object.fromEntries(
    config.map((text) => nameAndValue("--config", text)),
  );
  return {
    ...flags,
    cost: flags.cost || load !== undefined,
    load: requestsPerSecond(load),
    stack: positionals[0],
    overrides,
  };
}

/** @returns the load that the cost is reckoned with */
function requestsPerSecond(text = "0"): number {
  const rate = Number(text);
  if (text.trim() === "" || !Number.isFinite(rate) || rate < 0)
    throw new UsageError(
      `--load takes requests a second, not ${JSON.stringify(text)}: for example --load 50.`,
    );
  return rate;
}
