// Loaded by mocha before any test.
import { registerHooks } from "node:module";
import { forgetShell } from "./environment.ts";

// The tests, and the children that inherit from them, pass in every shell.
forgetShell(process.env);

// The plan of each stack asks git for the commit of its app, mostly of the same one: once is enough for a process.
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "./app-commit.ts" && context.parentURL?.endsWith("/registry/registry.ts") === true
      ? next(import.meta.resolve("./app-commit-once.ts"), context)
      : next(specifier, context),
});

// Mocha hands a rejection that nobody handles to whoever listens: the reporter counts it as a failure of the run.
// An output of Pulumi that fails rejects several promises, of which its reader awaits one: no others are meant by RunError.
const seen = new Set<unknown>();
process.on("unhandledRejection", (reason) => {
  if (seen.has(reason)) return;
  seen.add(reason);
  if ((reason as { __pulumiRunError?: boolean } | null)?.__pulumiRunError !== true)
    process.emit("unhandledInTest" as "warning", reason as Error);
});
