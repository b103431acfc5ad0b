/**
 * Records the previews under test/fixtures/previews from the real Pulumi engine, with its CLI on PATH:
 * `node packages/workbench/test/review/comment/recording/record.ts [scenario ...]`. Then see write-golden.ts.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { difference } from "../../../../src/review/diff/difference.ts";
import { planFrozen } from "../../../../../../test/helpers/frozen.ts";
import { Engine } from "../../../../../../test/engine/engine.ts";
import { OFFLINE, SCENARIOS, type Scenario } from "./scenarios.ts";
import { settled, type Preview } from "./settle.ts";

const FIXTURES = path.resolve(import.meta.dirname, "../../../fixtures/previews");
const STACKS = ["dev", "prod"];

/** What the template leaves to the owner of prod. */
const OWNERS_VALUES: readonly (readonly [string, string])[] = [
  ["<id of your production account>", '"123456789012"'],
  [
    "<ARN of a Secrets Manager secret with the hashes of the API keys>",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:api-keys-Ab1Cd2",
  ],
  [
    "<ARN of the ACM certificate for your domain>",
    "arn:aws:acm:eu-west-1:123456789012:certificate/11111111-2222-3333-4444-555555555555",
  ],
  ["<your domain, such as api.example.com>", "api.example.com"],
  ["<address of the team that is on call>", "on-call@example.com"],
];

async function preview(engine: Engine, scenario: string, stack: string): Promise<void> {
  const { code, stdout, stderr } = await engine.pulumi(["preview", "--json", "--stack", stack]);
  const recorded = JSON.parse(stdout) as Preview;
  const error = (recorded.diagnostics ?? [])
    .filter(({ severity }) => severity === "error")
    .map(({ message }) => message.trim());
  const result = {
    stack,
    exitCode: code,
    error: code === 0 ? "" : [...error, stderr.trim()].join("\n").trim(),
    preview: settled(recorded),
  };
  delete result.preview.diagnostics;
  const { steps = [], changeSummary } = result.preview;
  // A line for each step: small, and still to be compared.
  const lines = steps.map((step) => JSON.stringify(step)).join(",\n");
  const head = JSON.stringify({ ...result, preview: undefined }).slice(0, -1);
  const text = `${head},"preview":{"changeSummary":${JSON.stringify(changeSummary)},"steps":[\n${lines}\n]}}\n`;
  JSON.parse(text);
  writeFileSync(path.join(FIXTURES, `${scenario}.${stack}.json`), text);
  process.stderr.write(
    `${scenario} ${stack}: exit code ${String(code)}, ${JSON.stringify(changeSummary)}\n`,
  );
}

async function record(engine: Engine, scenario: Scenario, clean: string): Promise<void> {
  for (const [file, text, replacement] of scenario.edits ?? []) {
    const full = path.join(engine.project, file);
    const source = readFileSync(full, "utf8");
    if (!source.includes(text)) throw new Error(`${scenario.name}: ${file} holds no ${text}`);
    writeFileSync(full, text === "" ? source + replacement : source.replace(text, replacement));
  }
  for (const [stack, lines] of Object.entries(scenario.stacks)) {
    const file = path.join(engine.project, `Pulumi.${stack}.yaml`);
    const keys = lines.flatMap((line) => /^(\S+?:\S+?):/.exec(line)?.[1] ?? []);
    const kept = readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => !keys.some((key) => line.trim().startsWith(`${key}:`)));
    const end = kept.findIndex((line) => line.startsWith("encryptionsalt"));
    const config = lines.map((line) => `  ${line}`);
    const all = [...kept];
    // The CLI writes its salt above `config:`; whatever follows the last key is of the map.
    all.splice(end > 0 ? end : kept.findLastIndex((line) => line.trim() !== "") + 1, 0, ...config);
    writeFileSync(file, all.join("\n"));
    await preview(engine, scenario.name, stack);
  }
  cpSync(clean, engine.project, { recursive: true, dereference: false, force: true });
}

/** Offline differences, as the comment takes them where there is no preview: what the values change of the frozen stack. */
async function recordDifference(
  scenario: string,
  stack: string,
  overrides: Readonly<Record<string, string>>,
): Promise<void> {
  const [before, after] = [await planFrozen({ stack }), await planFrozen({ stack, overrides })];
  const found = difference({ ref: "main", commit: "0f".repeat(20) }, before, after);
  writeFileSync(
    path.join(FIXTURES, `${scenario}.${stack}.difference.json`),
    `${JSON.stringify(found)}\n`,
  );
}

const wanted = process.argv.slice(2);
mkdirSync(FIXTURES, { recursive: true });
for (const { name, stack, overrides } of OFFLINE)
  if (wanted.length === 0 || wanted.includes(name)) await recordDifference(name, stack, overrides);
if (
  wanted.length > 0 &&
  OFFLINE.filter(({ name }) => wanted.includes(name)).length === wanted.length
)
  process.exit();
const engine = await Engine.start();
try {
  const owned = path.join(engine.project, "Pulumi.prod.yaml");
  writeFileSync(
    owned,
    OWNERS_VALUES.reduce((text, [from, to]) => text.replace(from, to), readFileSync(owned, "utf8")),
  );
  for (const stack of STACKS) await engine.succeed(["stack", "init", stack]);
  if (wanted.length === 0 || wanted.includes("create-all"))
    for (const stack of STACKS) await preview(engine, "create-all", stack);
  for (const stack of STACKS)
    await engine.succeed(["up", "--stack", stack, "--yes", "--skip-preview"]);
  const clean = `${engine.project}-clean`;
  cpSync(engine.project, clean, {
    recursive: true,
    filter: (source) => !/node_modules|\.build/.test(source.slice(engine.project.length)),
  });
  for (const scenario of SCENARIOS)
    if (wanted.length === 0 || wanted.includes(scenario.name))
      await record(engine, scenario, clean);
} finally {
  await engine.stop();
}
