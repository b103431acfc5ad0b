import {
  checkBackend,
  checkDocker,
  checkNode,
  checkNodeOnPath,
  checkPulumi,
  type Finding,
  type World,
} from "./checks.ts";
import { checkStack } from "./stack-checks.ts";

/**
 * Looks at what a deployment needs, and says what is missing. Changes nothing.
 * @param stacks to look at. @default all
 * @param offline leaves out what needs a network: backend, credentials, quotas
 */
export async function examine(
  world: World,
  { stacks, offline }: { stacks?: readonly string[] | undefined; offline: boolean },
): Promise<Finding[]> {
  const findings = [
    checkNode(world),
    await checkNodeOnPath(world),
    await checkDocker(world),
    await checkPulumi(world),
    ...(offline ? [] : [await checkBackend(world)]),
  ];
  for (const stack of stacks ?? (await world.stacks()))
    findings.push(...(await checkStack(world, stack, offline)));
  return findings;
}

/**
 * The findings as lines, and what they come to.
 * @param paint colours a level; the text stays the same without
 */
export function report(
  findings: readonly Finding[],
  paint: (level: Finding["level"], text: string) => string = (_, text) => text,
): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const indent = " ".repeat(width + 8);
  const lines = findings.flatMap(({ name, level, text, advice }) => [
    `${paint(level, level.padEnd(4))}  ${name.padEnd(width)}  ${text.replaceAll("\n", `\n${indent}`)}`,
    ...(advice === "" ? [] : [`${indent}-> ${advice}`]),
  ]);
  const count = (level: Finding["level"]): number =>
    findings.filter((finding) => finding.level === level).length;
  return `${lines.join("\n")}\n\n${count("fail")} failed, ${count("warn")} warnings, ${count("ok")} ok\n`;
}
