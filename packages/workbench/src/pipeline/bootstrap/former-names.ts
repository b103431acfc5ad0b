import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parseDocument } from "yaml";
import { planStack } from "../../plan/evaluate.ts";
import { projectName } from "../../project/namespaces.ts";
import { formerArns, serviceGraph, type ArnsByType } from "../permissions/graph.ts";
import { readStack, type Bootstrap } from "./account-steps.ts";
import { stateBackendUrl } from "./names.ts";
import type { Step } from "./steps.ts";

/**
 * The step that tells the roles what the stacks have under other names than the program gives now, so that the pipeline
 * reaches it until it is replaced; none where the account's file says so already.
 * @param file - bootstrap/Pulumi.<account>.yaml
 */
export async function formerNames(
  { run, root, settings }: Bootstrap,
  file: string,
): Promise<Step[]> {
  const backend = stateBackendUrl(settings.accountId, settings.region);
  const former: Record<string, ArnsByType> = {};
  for (const stack of settings.stacks) {
    const exported = await readStack(run, root, stack, backend, ["stack", "export"]);
    if (exported === undefined) continue;
    const arns = formerArns(exported, serviceGraph(await planStack({ stack, root })));
    if (Object.keys(arns).length > 0) former[stack] = arns;
  }
  const key = ["config", `${projectName(path.dirname(file))}:formerArns`];
  const document = parseDocument(await readFile(file, "utf8"));
  const said = parseDocument(document.toString()).toJS() as Record<string, Record<string, unknown>>;
  const before = said["config"]?.[key[1] ?? ""] ?? {};
  if (isDeepStrictEqual(before, former)) return [];
  const stacks = Object.keys(former).join(" and ");
  return [
    {
      title: "What stacks have under former names",
      lines: [
        stacks === ""
          ? "nothing any more: the roles reach new names alone"
          : `the roles of ${stacks} reach it by its ARN, until it is replaced`,
        `It is written into ${path.relative(root, file)}: commit that.`,
      ],
      done: () => Promise.resolve(false),
      async run() {
        if (stacks === "") document.deleteIn(key);
        else document.setIn(key, former);
        await writeFile(file, document.toString({ lineWidth: 0 }));
      },
    },
  ];
}
