/**
 * A request that is refused while its body is still under way: the refusal arrives as itself, directly and through a proxy.
 * A server that closes at once resets the connection, and a proxy makes a 502 of that.
 */
import { describeRefusals } from "./helpers/early-refusals.ts";
import { isInstalled, PROXIES, startProxy } from "./helpers/proxies.ts";

describe("Refusals while the body is under way, through a proxy", function () {
  describeRefusals(
    Object.entries(PROXIES).map(([name, kind]) => ({
      name,
      open: async (target) => {
        if (!isInstalled(kind)) return undefined;
        const { port, stop } = await startProxy(kind, target);
        return { port, close: stop };
      },
    })),
  );
});
