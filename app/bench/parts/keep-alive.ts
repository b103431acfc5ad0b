import { setTimeout as sleep } from "node:timers/promises";
import { buildImage } from "../build.ts";
import type { Report, Row } from "../report.ts";
import { RawClient } from "../raw-client.ts";
import { startTask } from "../task.ts";

const CONNECTIONS = 600;
/** What the platform sets: idle timeout of the load balancer, and 5 s more in the task. */
const IDLE_SECONDS = 60;
const MARGIN_SECONDS = 5;
/** Node closes this much later than it announces (http.Server.keepAliveTimeoutBuffer). */
const BUFFER_SECONDS = 1;
/** Requests fall into this time around the instant. */
const AROUND_MILLISECONDS = 40;

/**
 * Connections that were idle for the load balancer's idle timeout, at whose very end a request leaves on each. The second
 * measurement sets the task's timeout to that of the load balancer: it shows that losses would be seen.
 */
export async function benchKeepAlive(report: Report, quick: boolean): Promise<void> {
  const idle = quick ? 3 : IDLE_SECONDS;
  const [configured, control] = await Promise.all([
    reuse(idle + MARGIN_SECONDS, idle),
    reuse(1, 1 + BUFFER_SECONDS),
  ]);
  const rows: Row[] = [
    {
      what: `lost with ${idle + MARGIN_SECONDS} s, reused after ${idle} s`,
      measured: `${configured} of ${CONNECTIONS}`,
      bar: "0",
      met: configured === 0,
    },
    {
      what: "for comparison: reused when the task closes",
      measured: `${control} of ${CONNECTIONS}`,
    },
  ];
  report.section("Keep-alive connections reused at the closing instant", rows);
}

/** @returns how many of the requests got no answer. */
async function reuse(keepAliveSeconds: number, afterSeconds: number): Promise<number> {
  const task = await startTask(buildImage(), {
    env: { KEEP_ALIVE_TIMEOUT_SECONDS: String(keepAliveSeconds), LOG_LEVEL: "error" },
  });
  try {
    const lost = await Promise.all(
      Array.from({ length: CONNECTIONS }, async (_, index) => {
        await sleep(index % 100);
        const client = await RawClient.connect(task.port);
        await client.send();
        const offset = (index / CONNECTIONS - 0.5) * 2 * AROUND_MILLISECONDS;
        await sleep(afterSeconds * 1000 + offset);
        const answered = await client.send();
        client.close();
        return answered ? 0 : 1;
      }),
    );
    return lost.reduce<number>((sum, one) => sum + one, 0);
  } finally {
    await task.dispose();
  }
}
