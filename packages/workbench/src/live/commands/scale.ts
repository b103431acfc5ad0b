import { EXIT, OpsError } from "../errors.ts";
import { flag, parseCount, stackName } from "../options.ts";
import { configOf, keyOf, mustBeService } from "../service-config.ts";
import { readStack } from "../stack.ts";
import { runUp, upNeedsConsent } from "../up.ts";
import type { Command } from "../command.ts";

export const scaleCommand: Command = {
  name: "scale",
  summary: "change how many tasks autoscaling keeps, or wake a sleeping service",
  usage: "STACK [SERVICE] MIN MAX [--yes] [--now]",
  help: `Sets the config keys minCapacity and maxCapacity of the stack (and desiredCount, where it lies outside) and runs
\`pulumi up\`, so that state and reality agree.

A stack with awakeHours is moved by its schedule, and \`pulumi up\` leaves the present bounds alone: there the new ones hold
from the next awake hours on. With --now they hold at once, until the schedule moves them again: that wakes a service that
sleeps, and changes no configuration.

  --yes   do not ask before deploying
  --now   set the bounds in Application Auto Scaling directly, and nothing else

  npm run scale -- prod 4 16
  npm run scale -- dev 1 1 --now`,
  run: async (invocation) => {
    const { pulumi, positionals, note } = invocation;
    const name = stackName(invocation);
    const now = flag(invocation, "now");
    const service = positionals.length > 3 ? positionals[1] : undefined;
    const [least, most] = positionals.slice(-2);
    const min = parseCount("MIN", least, now ? 0 : 1);
    const max = parseCount("MAX", most, min);
    const stack = now || service !== undefined ? await readStack(pulumi, name, service) : undefined;
    if (stack !== undefined) mustBeService(stack);
    if (now && stack !== undefined) {
      await invocation.scalableTarget(stack.region).setBounds(stack, { min, max });
      const own = await configOf(pulumi, stack, "awakeHours");
      const hours = own ?? (await pulumi.getConfig(name, "awakeHours"));
      note(
        hours === undefined || hours === "always"
          ? `${stack.called} keeps ${min} to ${max} tasks until the next \`pulumi up\`, which sets what the configuration says.`
          : `${stack.called} keeps ${min} to ${max} tasks until its schedule (${hours}) moves them again.`,
      );
      return EXIT.ok;
    }
    upNeedsConsent(invocation);
    const key = (own: string): string => (stack === undefined ? own : keyOf(stack, own));
    const configured =
      stack === undefined
        ? pulumi.getConfig(name, "desiredCount")
        : configOf(pulumi, stack, "desiredCount");
    const desired = Number((await configured) ?? min);
    if (Number.isNaN(desired))
      throw new OpsError(`desiredCount of stack ${name} is not a number. Set it, then scale.`);
    const within = Math.min(max, Math.max(min, desired));
    await pulumi.setConfig(name, {
      [key("minCapacity")]: min,
      [key("maxCapacity")]: max,
      ...(within === desired ? {} : { [key("desiredCount")]: within }),
    });
    const hours = await pulumi.getConfig(name, "awakeHours");
    if (hours !== undefined && hours !== "always")
      note(
        `${name} keeps its present number of tasks until its schedule (${hours}) moves it next: the new bounds hold from then on. Add --now for at once.`,
      );
    return runUp(invocation, name);
  },
};
