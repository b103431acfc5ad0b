import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseDocument } from "yaml";
import { projectName } from "../../project/namespaces.ts";
import { succeed, type RunCommand } from "../../lib/command.ts";
import { QUIET } from "../delivery/pulumi.ts";
import type { BootstrapOutputs } from "./account-steps.ts";
import type { Step } from "./steps.ts";

/** The stacks of the service, in the account's backend, each with its own key for secrets and the boundary of its roles. */
export function stackSteps(run: RunCommand, root: string, outputs: BootstrapOutputs): Step[] {
  return Object.entries(outputs.secretsProviders).flatMap(([stack, provider]) => [
    stackStep(run, root, outputs.backendUrl, stack, provider),
    ...boundaryStep(root, stack, outputs.serviceBoundaries[stack]),
  ]);
}

function stackStep(
  run: RunCommand,
  root: string,
  backendUrl: string,
  stack: string,
  provider: string,
): Step {
  const options = { cwd: root, env: { PULUMI_BACKEND_URL: backendUrl } };
  const output = ["stack", "output", "--json", "--stack", stack, ...QUIET];
  const init = ["stack", "init", stack, "--secrets-provider", provider];
  return {
    title: `Stack ${stack}`,
    lines: [
      `pulumi ${init.join(" ")}`,
      `It writes the encrypted key into Pulumi.${stack}.yaml: commit that.`,
    ],
    done: async () => (await run("pulumi", output, options)).code === 0,
    run: () => succeed(run, "pulumi", [...init, ...QUIET], options),
  };
}

/** The role that deploys the stack creates no role without its boundary, so the stack's file has to name it. */
function boundaryStep(root: string, stack: string, arn: string | undefined): Step[] {
  if (arn === undefined) return [];
  const name = `Pulumi.${stack}.yaml`;
  const file = path.join(root, name);
  const key = ["config", `${projectName(root)}:permissionsBoundaryArn`];
  const read = async () => parseDocument(await readFile(file, "utf8"));
  return [
    {
      title: `Boundary of the roles of stack ${stack}`,
      lines: [`permissionsBoundaryArn: ${arn}`, `It is written into ${name}: commit that.`],
      done: async () => (await read()).getIn(key) === arn,
      async run() {
        const document = await read();
        document.setIn(key, arn);
        // A long ARN stays in its line, as Prettier writes it.
        await writeFile(file, document.toString({ lineWidth: 0 }));
      },
    },
  ];
}
