import {
  environmentName,
  pipelineRoleArn,
  secretsProvider,
  serviceBoundaryArn,
  stateBackendUrl,
} from "./names.ts";
import type { AccountSettings } from "./account-file.ts";
import type { BootstrapOutputs } from "./account-steps.ts";

/**
 * What the account will put out once it is set up: everything has a name that is known before.
 * @param regions of the stacks. @default that of the account
 */
export function expectedOutputs(
  { accountId, region, stacks }: AccountSettings,
  regions: Readonly<Record<string, unknown>>,
): BootstrapOutputs {
  const account = { partition: "aws", accountId };
  const backendUrl = stateBackendUrl(accountId, region);
  const environments = stacks.flatMap((stack) =>
    (["preview", "deploy"] as const).map((access) => {
      const variables = {
        AWS_ACCOUNT_ID: accountId,
        AWS_REGION: typeof regions[stack] === "string" ? regions[stack] : region,
        AWS_ROLE_ARN: pipelineRoleArn(account, access, stack),
        PULUMI_BACKEND_URL: backendUrl,
      };
      return [environmentName(access, stack), variables] as const;
    }),
  );
  const byStack = (value: (stack: string) => string): Record<string, string> =>
    Object.fromEntries(stacks.map((stack) => [stack, value(stack)]));
  return {
    backendUrl,
    environments: Object.fromEntries(environments),
    secretsProviders: byStack((stack) => secretsProvider(stack, region)),
    serviceBoundaries: byStack((stack) => serviceBoundaryArn(account, stack)),
  };
}
