import { primaryRollout, revisionNumber } from "../verification/observation.ts";
import { EXIT, OpsError } from "../errors.ts";
import { imageOf } from "../history.ts";
import { flag, text } from "../options.ts";
import { copyImage, imageArchitecture, type CopyReport } from "../registry/copy-image.ts";
import { EcrRepository, registryAuthorization } from "../registry/ecr-repository.ts";
import { parseImage, parseRepository, type ImageReference } from "../registry/reference.ts";
import { RegistryClient } from "../registry/registry-client.ts";
import { readInUse } from "../release/in-use.ts";
import { shortDigest } from "../release/pins.ts";
import { release } from "../release/release.ts";
import { readStack, type Stack } from "../stack.ts";
import { keyOf, mustHaveOwnImage } from "../service-config.ts";
import { runUp, upNeedsConsent } from "../up.ts";
import type { Invocation, OpsClients, Command } from "../command.ts";
import { ownRepository } from "./rollback.ts";

export const promoteCommand: Command = {
  name: "promote",
  summary: "give a stack the image that another one runs, by digest",
  usage:
    "SOURCE TARGET [SERVICE] [--up] [--yes] [--source-profile P] [--target-profile P] [--json]",
  help: `Copies the image that SOURCE runs into TARGET's own repository, under the same digest, tags it release-<time>-<digest>,
and sets TARGET's config key \`image\` to it, so that TARGET deploys it instead of building the app. Nothing is built, and
no Docker is needed: layers go from registry to registry, and those that are there already are not sent.

  --up                deploy TARGET then
  --yes               with --up: do not ask before deploying
  --source-profile    AWS profile for SOURCE, where the stacks are in two accounts
  --target-profile    AWS profile for TARGET
  --json              one JSON object on standard output

  npm run promote -- dev prod && pulumi up --stack prod
  npm run promote -- dev prod --up --yes`,
  run: async (invocation) => {
    const [from = "", to = "", service] = invocation.positionals;
    if (from === to) throw new OpsError(`${from} cannot be promoted to itself.`, EXIT.usage);
    if (flag(invocation, "up")) upNeedsConsent(invocation);
    const source = await readStack(invocation.pulumi, from, service);
    const target = await readStack(invocation.pulumi, to, service);
    const main = await readStack(invocation.pulumi, to);
    mustHaveOwnImage(target, main, `promote -- ${from} ${to}`);
    const clients = {
      source: invocation.connect(source.region, text(invocation, "source-profile")),
      target: invocation.connect(target.region, text(invocation, "target-profile")),
    };
    const image = await runningImage(invocation, clients.source, source);
    const own = parseRepository(ownRepository(target));
    const registries = {
      source: await registry(clients.source, image),
      target: await registry(clients.target, own),
    };
    await sameArchitecture(clients.target, target, registries.source, image);
    const uri = `${own.host}/${own.name}@${image.digest}`;
    const { digests } = await readInUse(invocation, clients.target, target);
    let copied: CopyReport | undefined;
    const tag = await release(new EcrRepository(clients.target.ecr, own.name), {
      digest: image.digest,
      at: invocation.now(),
      inUse: digests,
      copy: async (pin) => {
        copied = await copyImage(registries.source, registries.target, image.digest, pin);
        invocation.note(copyText(copied));
      },
      configure: () => invocation.pulumi.setConfig(to, { [keyOf(target, "image")]: uri }),
    });
    invocation.print(
      flag(invocation, "json")
        ? JSON.stringify({ source: from, target: to, image: uri, tag, ...copied })
        : `${to} is to run ${shortDigest(image.digest)} (${tag}), which ${from} runs.${flag(invocation, "up") ? "" : ` Deploy it: pulumi up --stack ${to}`}`,
    );
    return flag(invocation, "up") ? runUp(invocation, to) : EXIT.ok;
  },
};

/** The image of the source, once its deployment is over: what is on its way may be rolled back. */
async function runningImage(
  invocation: Invocation,
  clients: OpsClients,
  stack: Stack,
): Promise<ImageReference> {
  const { observation } = await readInUse(invocation, clients, stack);
  const running = primaryRollout(observation)?.taskDefinition;
  const status = observation.deployment?.status ?? "SUCCESSFUL";
  if (status !== "SUCCESSFUL" || running !== stack.taskDefinitionArn)
    throw new OpsError(
      `Stack ${stack.name} does not run what it asked for (revision ${revisionNumber(stack.taskDefinitionArn)}, deployment ${status.toLowerCase().replaceAll("_", " ")}), so there is nothing proven to promote. \`npm run verify -- ${stack.name}\` says why.`,
    );
  const image = await imageOf(clients.ecs, running, stack);
  if (image === undefined)
    throw new OpsError(`The task definition of stack ${stack.name} has no image.`);
  return parseImage(image);
}

async function registry(
  clients: OpsClients,
  { host, name }: { host: string; name: string },
): Promise<RegistryClient> {
  return new RegistryClient({
    host,
    name,
    authorization: await registryAuthorization(clients.ecr),
  });
}

const PROCESSORS: Readonly<Record<string, string>> = { arm64: "ARM64", amd64: "X86_64" };

/** An image for another processor would fail at the start of every task. */
async function sameArchitecture(
  clients: OpsClients,
  target: Stack,
  source: RegistryClient,
  { digest }: ImageReference,
): Promise<void> {
  const built = await imageArchitecture(source, digest);
  const wanted = await processorOf(clients, target);
  if (built === undefined || wanted === undefined || PROCESSORS[built] === wanted) return;
  throw new OpsError(
    `The image is built for ${built}, but the tasks of stack ${target.name} are ${wanted}. Give both stacks the same cpuArchitecture.`,
  );
}

async function processorOf({ ecs }: OpsClients, stack: Stack): Promise<string | undefined> {
  const { taskDefinition } = await ecs.describeTaskDefinition({
    taskDefinition: stack.taskDefinitionArn,
  });
  return taskDefinition?.runtimePlatform?.cpuArchitecture;
}

function copyText({ sent, present, mounted, bytes }: CopyReport): string {
  const size = bytes === 0 ? "" : ` (${(bytes / 1e6).toFixed(1)} MB)`;
  return `layers: ${sent} sent${size}, ${present} there already, ${mounted} taken over inside the registry`;
}
