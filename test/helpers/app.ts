import path from "node:path";
import { readExamples, type Example } from "@koa-fargate/workbench/project/app-examples.ts";
import { DATA_FOLDER, readSubstitutions } from "@koa-fargate/workbench/local/substitutions.ts";
import { loadProject, loadStackConfig, fullKey } from "@koa-fargate/workbench/plan/project.ts";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** The app of this repository, whichever it is. */
const APP = path.join(ROOT, "app");

/** Calls that it shows to its users; its health path where it shows none. */
export async function appExamples(healthPath: string): Promise<Example[]> {
  const examples = await readExamples(APP);
  return examples.length === 0 ? [{ path: healthPath }] : examples;
}

/** Variables that tell the app to keep its data in `folder`; none for an app that keeps none. */
export async function dataIn(folder: string): Promise<Record<string, string>> {
  const { environment } = await readSubstitutions(APP);
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) =>
      value?.includes(DATA_FOLDER) === true ? [[name, value.replaceAll(DATA_FOLDER, folder)]] : [],
    ),
  );
}

/** The committed environment of a stack, as the app wants it where it reaches nothing of AWS. */
export async function environmentWithoutAws(
  stack: string,
  folder: string,
): Promise<Record<string, string>> {
  const { name } = await loadProject(ROOT);
  const file = await loadStackConfig(ROOT, stack);
  const own = (file.get(fullKey(name, "environment")) ?? {}) as Record<string, string>;
  const { environment: here } = await readSubstitutions(APP);
  const kept = Object.entries(own).flatMap(([variable, value]) => {
    const instead = here[variable] === undefined ? value : here[variable];
    return instead === null ? [] : [[variable, instead]];
  });
  return { ...(Object.fromEntries(kept) as Record<string, string>), ...(await dataIn(folder)) };
}
