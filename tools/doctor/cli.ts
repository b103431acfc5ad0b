import { parseArgs, styleText } from "node:util";
import { examine, report } from "./doctor.ts";
import { realWorld } from "./world.ts";

const HELP = `Looks at what a deployment needs on this machine and in the account, and says what to do. Changes nothing.

  npm run doctor -- [stack ...] [options]

  --offline  leaves out what needs a network: backend, credentials, quotas
  --json     the findings as JSON
  --help

Exit code 1 when something is missing that a deployment needs.
`;

const COLOURS = { ok: "green", warn: "yellow", fail: "red" } as const;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      offline: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false, short: "h" },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else {
    const findings = await examine(realWorld(), {
      offline: values.offline,
      ...(positionals.length === 0 ? {} : { stacks: positionals }),
    });
    process.stdout.write(
      values.json
        ? `${JSON.stringify(findings, null, 2)}\n`
        : report(findings, (level, text) =>
            styleText(COLOURS[level], text, { stream: process.stdout }),
          ),
    );
    process.exitCode = findings.some(({ level }) => level === "fail") ? 1 : 0;
  }
} catch (error) {
  const usage = error instanceof TypeError && "code" in error;
  process.stderr.write(
    `${error instanceof Error ? (usage ? error.message : (error.stack ?? error.message)) : String(error)}\n`,
  );
  process.exitCode = usage ? 2 : 1;
}
