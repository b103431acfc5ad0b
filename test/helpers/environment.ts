import { devNull } from "node:os";

/** Variables by which a shell decides what AWS's SDKs and Pulumi do. */
const OF_THE_SHELL = /^(?:AWS|PULUMI)_/;

/** What AWS's SDKs find where nobody tells them anything: no file of the user's, no instance's role. */
export const NOBODY = {
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: "true",
} as const;

/** Takes out of an environment what the shell says about AWS and Pulumi: a test says it itself. */
export function forgetShell(env: NodeJS.ProcessEnv): void {
  for (const name of Object.keys(env))
    if (OF_THE_SHELL.test(name)) Reflect.deleteProperty(env, name);
  Object.assign(env, NOBODY);
}

/** Gives this process other variables, in the same object: modules hold on to it. */
export function become(env: NodeJS.ProcessEnv): void {
  const next = { ...env };
  for (const name of Object.keys(process.env))
    if (next[name] === undefined) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, next);
}

/** Environment of a child that starts from nothing: PATH, and what a test adds. */
export function childEnvironment(own: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], ...NOBODY, ...own };
}

/** Folder in which the processes of a run share plans; undefined outside of a run. Not for a run inside of a test, which may have another program. */
export const PLANS_OF_RUN = process.env["TEST_PLANS"];
delete process.env["TEST_PLANS"];
