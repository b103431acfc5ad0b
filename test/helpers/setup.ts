// Loaded by mocha before any test.
import { forgetShell } from "./environment.ts";

// The tests, and the children that inherit from them, pass in every shell.
forgetShell(process.env);

// Mocha hands a rejection that nobody handles to whoever listens, and no one does: thrown, it fails the test that runs.
process.on("unhandledRejection", (reason) => {
  throw reason instanceof Error ? reason : new Error(`unhandled rejection: ${String(reason)}`);
});
