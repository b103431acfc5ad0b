// Loaded by mocha before any test: the tests, and the children that inherit from them, pass in every shell.
import { forgetShell } from "./environment.ts";

forgetShell(process.env);
