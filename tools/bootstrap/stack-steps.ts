import { succeed, type RunCommand } from "../delivery/command.ts";
import type { BootstrapOutputs } from "./account-steps.ts";
import type { Step } from "./steps.ts";

const QUIET = ["--non-interactive", "--color=never"];

/** The stacks of the service, in the account's backend, each with its own key for secrets. */
export function stackSteps(run: RunCommand, root: string, outputs: BootstrapOutputs): Step[] {
  const options = { cwd: root, env: { PULUMI_BACKEND_URL: outputs.backendUrl } };
  return Object.entries(outputs.secretsProviders).map(([stack, provider]) => ({
    title: `Stack ${stack}`,
    lines: [
      `pulumi stack init ${stack} --secrets-provider ${provider}`,
      `It writes the encrypted key into Pulumi.${stack}.yaml: commit that.`,
    ],
    done: async () =>
      (await run("pulumi", ["stack", "output", "--json", "--stack", stack, ...QUIET], options))
        .code === 0,
    async run() {
      await succeed(
        run,
        "pulumi",
        ["stack", "init", stack, "--secrets-provider", provider, ...QUIET],
        options,
      );
    },
  }));
}

interface Variable {
  name: string;
  value: string;
}

/**
 * GitHub's environments and their variables. None is secret: roles are assumed by identity.
 * @param repository such as `octo-org/octo-repo`
 */
export function gitHubSteps(
  run: RunCommand,
  repository: string,
  outputs: BootstrapOutputs,
): Step[] {
  const gh = (args: readonly string[]): Promise<string> => succeed(run, "gh", args);
  const environments = Object.entries(outputs.environments);
  const steps = environments.map(([environment, values]): Step => {
    const variables = Object.entries(values).map(([name, value]) => ({ name, value }));
    const create = ["api", "--method", "PUT", `repos/${repository}/environments/${environment}`];
    const set = variables.map(({ name, value }) => [
      ...["variable", "set", name, "--repo", repository, "--env", environment, "--body", value],
    ]);
    return {
      title: `GitHub environment ${environment}`,
      lines: [create, ...set].map((args) => `gh ${args.join(" ")}`),
      done: () => hasVariables(run, ["--env", environment], repository, variables),
      async run() {
        await gh(create);
        for (const args of set) await gh(args);
      },
    };
  });
  const on = ["variable", "set", "DELIVERY", "--repo", repository, "--body", "on"];
  return [
    ...steps,
    {
      title: "The workflows may use the account",
      lines: [`gh ${on.join(" ")}`],
      done: () => hasVariables(run, [], repository, [{ name: "DELIVERY", value: "on" }]),
      async run() {
        await gh(on);
      },
    },
  ];
}

async function hasVariables(
  run: RunCommand,
  scope: readonly string[],
  repository: string,
  wanted: readonly Variable[],
): Promise<boolean> {
  const { code, stdout } = await run("gh", [
    ...["variable", "list", "--repo", repository, ...scope, "--json", "name,value"],
  ]);
  // The environment does not exist yet.
  if (code !== 0) return false;
  const found = new Map((JSON.parse(stdout) as Variable[]).map(({ name, value }) => [name, value]));
  return wanted.every(({ name, value }) => found.get(name) === value);
}
