/**
 * Promises of the SDK that nobody awaits reject when an `apply` of the program throws: the Pulumi runner ends the
 * process then. Here such a rejection belongs to the evaluation whose async context it was made in.
 */
import { AsyncLocalStorage } from "node:async_hooks";

type Listener = NodeJS.UnhandledRejectionListener;

const owner = new AsyncLocalStorage<unknown[]>();
let running = 0;
let others: Listener[] = [];

/** Runs `work`; rejections that nobody handled inside it are added to `errors` in place of ending the process. */
export async function collectRejections<T>(errors: unknown[], work: () => Promise<T>): Promise<T> {
  if (running++ === 0) {
    // Whoever else listens (a test runner, say) would end the process; it still gets what is not ours.
    others = process.listeners("unhandledRejection");
    process.removeAllListeners("unhandledRejection");
    process.on("unhandledRejection", receive);
  }
  try {
    return await owner.run(errors, work);
  } finally {
    // Rejections are reported after the microtasks of the turn in which they happened.
    await new Promise((resolve) => setImmediate(resolve));
    if (--running === 0) {
      process.removeListener("unhandledRejection", receive);
      for (const listener of others) process.on("unhandledRejection", listener);
    }
  }
}

const receive: Listener = (reason, promise) => {
  const errors = owner.getStore();
  if (errors !== undefined) errors.push(reason);
  else if (others.length > 0) for (const listener of others) listener(reason, promise);
  else throw reason;
};
