import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { comment } from "../../../src/review/comment/comment.ts";
import { inOrder, stackReport, type Findings } from "../../../src/review/comment/reports.ts";
import type { Plan } from "../../../src/plan/types.ts";

export const FIXTURES = path.resolve(import.meta.dirname, "../../fixtures/previews");

const HEAD = {
  project: "koa-fargate",
  commit: "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d",
  runUrl: "https://github.com/acme/koa-fargate/actions/runs/4711",
  time: new Date("2026-11-22T12:03:44Z"),
  repositoryUrl: "https://github.com/acme/koa-fargate",
  merging: { atOnce: ["dev"], then: ["prod"], reviewers: ["octocat"] },
};

export interface Golden {
  name: string;
  stacks: readonly string[];
}

/** Every recording, by scenario. */
export function goldens(): Golden[] {
  const byName = new Map<string, string[]>();
  for (const file of readdirSync(FIXTURES).sort()) {
    const [name = "", stack = ""] = file.split(".");
    if (file.endsWith(".json")) byName.set(name, [...(byName.get(name) ?? []), stack]);
  }
  return [...byName].map(([name, stacks]) => ({
    name,
    stacks: [...new Set(stacks)],
  }));
}

export function rendered({ name, stacks }: Golden): string {
  const reports = stacks.map((stack) => stackReport(HEAD.project, findings(name, stack)));
  return `${comment(HEAD, inOrder(reports))}\n`;
}

function findings(name: string, stack: string): Findings {
  const preview = recorded(`${name}.${stack}.json`) as Findings["preview"] | undefined;
  const difference = recorded(`${name}.${stack}.difference.json`);
  // Of the plan, all that counts here is whether the stack is protected.
  const plan: Partial<Plan> = {
    stack,
    resources: [],
    config: { deletionProtection: stack === "prod" },
  };
  return { stack, plan, difference, ...(preview === undefined ? {} : { preview }) };
}

function recorded(file: string): unknown {
  const full = path.join(FIXTURES, file);
  return existsSync(full) ? (JSON.parse(readFileSync(full, "utf8")) as unknown) : undefined;
}

export const goldenFile = (name: string): string => path.join(FIXTURES, `${name}.md`);
