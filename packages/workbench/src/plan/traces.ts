// Imported for its effect. The SDK takes a stack trace of each of the thousands of promises of a plan, more than half of its
// time, for a report on promises that never settle, which no plan shows.
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";

const sdk = debuggable as { debuggablePromise: (...args: unknown[]) => unknown };
const { debuggablePromise } = sdk;

sdk.debuggablePromise = (...args) => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return debuggablePromise(...args);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};
