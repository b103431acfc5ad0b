// npm run rehearse: a deployment on this machine, under load, with time compressed.
import { defined } from "../../lib/defined.ts";
import { runTool } from "../../lib/command-line.ts";
import { planWithSource, ROOT } from "../session.ts";
import { HELP, readArguments, type Arguments } from "./arguments.ts";
import { rehearse } from "./rehearsal.ts";
import { report } from "./report.ts";
import { verdict } from "./result.ts";

async function main(args: Arguments, signal: AbortSignal): Promise<number> {
  const { stack, strategy } = args;
  const config = { ...args.config, ...defined({ deploymentStrategy: strategy }) };
  const { plan } = await planWithSource({ stack, config }, signal);
  const rehearsal = await rehearse({
    ...args,
    plan,
    root: ROOT,
    ...(args.paths.length === 0 ? {} : { requests: args.paths.map((path) => ({ path })) }),
    onProgress: (line) => {
      process.stderr.write(`${line}\n`);
    },
    signal,
  });
  const found = verdict(rehearsal);
  const json = (): string => JSON.stringify({ ...rehearsal, verdict: found }, null, 2);
  process.stdout.write(args.json ? `${json()}\n` : `\n${report(rehearsal)}\n`);
  return found.good ? 0 : 1;
}

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => {
    // The first asks for an orderly end; tasks are killed when the process exits on the second.
    if (interrupted.signal.aborted) process.exit(130);
    interrupted.abort();
  });

await runTool((line) => main(readArguments(line), interrupted.signal), HELP);
process.exit();
