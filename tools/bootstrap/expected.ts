import { readFile } from "node:fs/promises";
import path from "node:path";
import { parse } from "yaml";
import {
  environmentName,
  partitionOf,
  pipelineRoleArn,
  secretsProvider,
  serviceBoundaryArn,
  stateBackendUrl,
} from "../../bootstrap/names.ts";
import type { AccountSettings } from "./account-file.ts";
import type { BootstrapOutputs } from "./account-steps.ts";

/** What the account will put out once it is set up: everything has a name that is known before. */
export function expectedOutputs(
  { accountId, region, stacks }: AccountSettings,
  regions: Readonly<Record<string, string>>,
): BootstrapOutputs {
  const account = { partition: partitionOf(region), accountId };
  const backendUrl = stateBackendUrl(accountId, region);
  const environments = stacks.flatMap((stack) =>
    (["preview", "deploy"] as const).map((access) => [
      environmentName(access, stack),
      {
        AWS_ACCOUNT_ID: accountId,
        AWS_REGION: regions[stack] ?? region,
        AWS_ROLE_ARN: pipelineRoleArn(account, access, stack),
        PULUMI_BACKEND_URL: backendUrl,
      },
    ]),
  );
  const byStack = (value: (stack: string) => string): Record<string, string> =>
    Object.fromEntries(stacks.map((stack) => [stack, value(stack)]));
  return {
    backendUrl,
    environments: Object.fromEntries(environments) as BootstrapOutputs["environments"],
    secretsProviders: byStack((stack) => secretsProvider(stack, region)),
    serviceBoundaries: byStack((stack) => serviceBoundaryArn(account, stack)),
  };
}

/** Regions that the stacks are deployed to, as their files say. */
export async function stackRegions(
  root: string,
  stacks: readonly string[],
): Promise<Record<string, string>> {
  const regions = (await configs(root, stacks)).flatMap(([stack, config]) => {
    const region = config["aws:region"];
    return typeof region === "string" ? [[stack, region] as const] : [];
  });
  return Object.fromEntries(regions);
}

/** Full keys that the files of the stacks set. */
export async function stackKeys(
  root: string,
  stacks: readonly string[],
): Promise<[stack: string, keys: string[]][]> {
  return (await configs(root, stacks)).map(([stack, config]) => [stack, Object.keys(config)]);
}

function configs(
  root: string,
  stacks: readonly string[],
): Promise<[stack: string, config: Record<string, unknown>][]> {
  return Promise.all(
    stacks.map(async (stack) => {
      const text = await readFile(path.join(root, `Pulumi.${stack}.yaml`), "utf8");
      const file = parse(text) as { config?: Record<string, unknown> | null } | null;
      return [stack, file?.config ?? {}];
    }),
  );
}
