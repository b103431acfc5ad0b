// Imported for its effect. The SDK takes a stack trace of each of the thousands of promises of a plan, a fifth of its time,
// for a report on promises that never settle, which no plan shows.
import debuggable from "@pulumi/pulumi/runtime/debuggable.js";

Object.assign(debuggable, {
  debuggablePromise: async (promise: Promise<unknown>) => await promise,
});
