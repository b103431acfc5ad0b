import {
  checkBackend,
  checkDocker,
  checkNode,
  checkNodeOnPath,
  checkPulumi,
  type Finding,
  type Dependencies,
} from "./checks.ts";
import { checkGitHub } from "./github-checks.ts";
import { checkRepository } from "./repository-checks.ts";
import { checkStack } from "./stack-checks.ts";

/**
 * Looks at what a deployment needs, and says what is missing. Changes nothing.
 * @param stacks to look at. @default all
 * @param offline leaves out what needs a network: backend, credentials, quotas
 */
export async function examine(
  dependencies: Dependencies,
  { stacks, offline }: { stacks?: readonly string[] | undefined; offline: boolean },
): Promise<Finding[]> {
  const findings = [
    checkNode(dependencies),
    await checkNodeOnPath(dependencies),
    await checkDocker(dependencies),
    await checkPulumi(dependencies),
    ...(await checkRepository(dependencies)),
    ...(offline ? [] : [await checkBackend(dependencies), ...(await checkGitHub(dependencies))]),
  ];
  for (const stack of stacks ?? (await dependencies.stacks()))
    findings.push(...(await checkStack(dependencies, stack, offline)));
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
