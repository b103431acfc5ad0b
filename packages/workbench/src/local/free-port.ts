import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that the kernel gives to connections, and to whoever asks for a port before the task listens. */
const FIRST = 10_240;
const COUNT = 22_000;
/** Not where another run on this machine begins; in this process none is given out twice. */
let next = randomInt(COUNT);

/** A port of this machine that nothing listens on, whatever the address, and that was not given out before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + (next++ % COUNT);
    try {
      const server = createServer().listen(port, "0.0.0.0");
      await once(server, "listening");
      await new Promise((closed) => server.close(closed));
      return port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    }
  }
}
