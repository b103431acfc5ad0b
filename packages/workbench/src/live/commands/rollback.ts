import { primaryRollout, revisionNumber } from "../verification/observation.ts";
import { EXIT, OpsError } from "../errors.ts";
import { deploymentHistory, imageOf, otherRevision, revisionBefore } from "../history.ts";
import { flag, text } from "../options.ts";
import { keyOf, mustBeService, mustHaveOwnImage } from "../service-config.ts";
import { EcrRepository } from "../registry/ecr-repository.ts";
import { parseImage, parseRepository } from "../registry/reference.ts";
import { readInUse } from "../release/in-use.ts";
import { shortDigest } from "../release/pins.ts";
import { goBack } from "../release/release.ts";
import { rollbackTarget, type RollbackTarget } from "../rollback-target.ts";
import { askedStack, readStack, type Stack } from "../stack.ts";
import type { OpsClients, Command } from "../command.ts";
import { runUp, upNeedsConsent } from "../up.ts";

export const rollbackCommand: Command = {
  name: "rollback",
  summary: "go back to an earlier image, so that state and reality agree",
  usage: "STACK [SERVICE] [--to WHAT] [--yes] [--no-up]",
  help: `Checks that the image is still in the registry, pins it there, sets the config key \`image\` of the stack to it, and runs
\`pulumi up\`, which verifies the deployment. Without --to it goes back to what ECS rolled back to, or else to the last image
that was deployed with success before the present one. Where ECS has no such deployment on record (it keeps them for 90 days),
that is the newest earlier task definition with another image.

  --to      what to go back to: number of a task definition (42), digest (sha256:...), or tag (release-20260301T120000Z-abcdef123456)
  --yes     do not ask before deploying
  --no-up   set the config key alone

While \`image\` is set the stack does not build the app; \`pulumi config rm image --stack STACK\` lets it again.

Exit codes: those of \`pulumi up\`; 1 when the image is gone

  npm run rollback -- prod
  npm run rollback -- prod --to 42 --yes`,
  run: async (invocation) => {
    if (!flag(invocation, "no-up")) upNeedsConsent(invocation);
    const stack = await askedStack(invocation);
    mustBeService(stack);
    const main = await readStack(invocation.pulumi, stack.name);
    mustHaveOwnImage(stack, main, `rollback -- ${stack.name}`);
    const clients = invocation.connect(stack.region);
    const { observation, digests } = await readInUse(invocation, clients, stack);
    const running = primaryRollout(observation)?.taskDefinition ?? stack.taskDefinitionArn;
    const to = text(invocation, "to");
    const target =
      to === undefined
        ? await automaticTarget(clients, stack, running)
        : await namedTarget(clients, stack, to);
    const { host, name, digest } = parseImage(target.image);
    const repository = new EcrRepository(clients.ecr, name);
    if (!(await repository.has(digest)))
      throw new OpsError(
        `The image ${shortDigest(digest)} of ${target.which} is not in the repository ${name} any more, so it cannot run. \`npm run status -- ${stack.called}\` lists other revisions for --to.`,
      );
    const image = `${host}/${name}@${digest}`;
    await goBack(repository, {
      digest,
      inUse: digests,
      configure: () => invocation.pulumi.setConfig(stack.name, { [keyOf(stack, "image")]: image }),
    });
    invocation.note(
      `${stack.called} is to run the image ${shortDigest(digest)} of ${target.which} (config key ${keyOf(stack, "image")}).`,
    );
    return flag(invocation, "no-up") ? EXIT.ok : runUp(invocation, stack.name);
  },
};

async function automaticTarget(
  { ecs }: OpsClients,
  stack: Stack,
  running: string,
): Promise<RollbackTarget> {
  const side = async (taskDefinition: string) => ({
    revision: revisionNumber(taskDefinition),
    image: await imageOf(ecs, taskDefinition, stack),
  });
  const present = await side(running);
  return rollbackTarget({
    stack: stack.called,
    asked: await side(stack.taskDefinitionArn),
    running: present,
    history: await deploymentHistory(ecs, stack),
    revisionBefore: () => revisionBefore(ecs, running, present.image, stack),
  });
}

async function namedTarget(
  { ecs, ecr }: OpsClients,
  stack: Stack,
  to: string,
): Promise<RollbackTarget> {
  if (/^\d+$/.test(to)) {
    const image = await imageOf(ecs, otherRevision(stack.taskDefinitionArn, to), stack);
    if (image === undefined)
      throw new OpsError(
        `There is no task definition of revision ${to}. \`npm run status -- ${stack.called}\` lists the last ones.`,
        EXIT.usage,
      );
    return { image, which: `revision ${to}` };
  }
  const { host, name } = parseRepository(ownRepository(stack));
  if (to.startsWith("sha256:")) return { image: `${host}/${name}@${to}`, which: "that digest" };
  const images = await new EcrRepository(ecr, name).images();
  const found = images.find(({ tags }) => tags.includes(to));
  if (found === undefined)
    throw new OpsError(`The repository ${name} has no image with the tag ${to}.`, EXIT.usage);
  return { image: `${host}/${name}@${found.digest}`, which: to };
}

export function ownRepository({ name, repositoryUrl }: Stack): string {
  if (repositoryUrl === undefined)
    throw new OpsError(
      `Stack ${name} has no repository yet. Deploy it first: pulumi up --stack ${name}`,
      EXIT.usage,
    );
  return repositoryUrl;
}
