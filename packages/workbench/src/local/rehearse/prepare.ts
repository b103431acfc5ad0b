import { resolve } from "node:path";
import { adapt, type LocalService } from "../adaptations.ts";
import { readExamples, type Example } from "../../project/app-examples.ts";
import { standIns } from "../session.ts";
import { serviceSpec } from "../spec.ts";
import type { ServiceSpec } from "../spec-types.ts";
import { startCommand, type StartCommand } from "../start-command.ts";
import { readSubstitutions } from "../substitutions.ts";
import type { RehearsalOptions } from "./rehearsal.ts";
import { dataFolder } from "./versions.ts";

export interface Prepared {
  spec: ServiceSpec;
  adapted: LocalService;
  start: StartCommand;
  requests: readonly Example[];
  /** Headers that each request needs, such as an API key made for this run. */
  headers: Readonly<Record<string, string>>;
  dataFolder: string;
  differences: string[];
}

/** Reads the service off the plan and fits it to this machine, as `npm start` does. */
export async function prepare(options: RehearsalOptions, tasks: number): Promise<Prepared> {
  const spec = serviceSpec(options.plan);
  const folder = await dataFolder();
  const appFolder = resolve(options.root, spec.appPath);
  const start = await startCommand(spec, options.root);
  const adapted = adapt(spec, {
    docker: false,
    dataFolder: "a folder of this rehearsal",
    dataPath: folder,
    tasks,
    environment: options.environment ?? {},
    secretFor: standIns(),
    platform: "",
    substitutions: await readSubstitutions(appFolder, spec.appPath),
  });
  const examples = options.requests ?? (await readExamples(appFolder));
  const { authorization, substituted } = adapted;
  return {
    spec,
    adapted,
    start,
    requests: examples.length === 0 ? [{ path: "/" }] : examples,
    headers: authorization === undefined ? {} : { [authorization.header]: authorization.value },
    dataFolder: folder,
    differences: [
      `a minute of the stack lasts ${Number((60 / options.factor).toFixed(2))} s here, and each request counts as ${options.factor} for the alarms`,
      "tasks start and answer as fast as this machine lets them; a health check waits 1 s at least",
      ...(start.difference === undefined ? [] : [start.difference]),
      ...(substituted.length === 0 ? [] : [substituted.join(", ")]),
    ],
  };
}
