import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

/** Ports given out in this process: the kernel may offer one again before its task listens. */
const given = new Set<number>();

/** A port of this machine that nothing listens on, whatever the address, and that was not given out before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const server = createServer();
    server.listen(0, "0.0.0.0");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((closed) => server.close(closed));
    if (given.has(port)) continue;
    given.add(port);
    return port;
  }
}
