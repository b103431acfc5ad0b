/**
 * Writes the comment on a pull request from what the jobs before found out:
 *
 *   node packages/workbench/src/pipeline/delivery/comment.ts --plans DIR --previews DIR --out FILE [--labels FILE] [--pending]
 *     [--unverified] [--stack NAME] [--commit SHA] [--run-url URL]
 *
 * `plans` holds `<stack>.json` (`npm run plan -- <stack> --output`) and `<stack>.difference.json` (the same with
 * `--against`); `previews` holds `<stack>.json`, either the result of `cli.ts preview` or the plain
 * `pulumi preview --json`, then with `<stack>.exit` (exit code, and below it the error) where it failed. Any of them
 * may be missing: a stack of the project of which nothing was found out is named all the same, unless `stack` says which
 * one this is about. Commit and run default
 * to those of GitHub Actions. The variables PREVIEW_RESULT and IMAGE_RESULT hold what became of those jobs, DELIVERY and
 * STACKS the repository's variables. `labels` gets the kinds of risk that were found, as JSON; `pending` says that previews
 * are still under way, `unverified` that the pull request's own code made the plans.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { runTool, UsageError } from "../../lib/command-line.ts";
import { comment } from "../../review/comment/comment.ts";
import { isPreviewDigest } from "../../review/comment/preview.ts";
import {
  inOrder,
  missingPreviews,
  stackReport,
  type Findings,
} from "../../review/comment/reports.ts";
import { loadProject, stackNames } from "../../plan/project.ts";
import { isMap, parsed } from "../../lib/json.ts";
import { defined } from "../../lib/defined.ts";
import { verdicts } from "../../review/comment/kinds.ts";
import { folderInRepository, repositoryUrl, runUrl } from "./github-actions.ts";
import { mergingOf } from "./merging.ts";

const ROOT = process.cwd();

/** Texts of a folder's files by name. */
type Files = ReadonlyMap<string, string>;

await runTool(async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      plans: { type: "string", default: "plans" },
      previews: { type: "string", default: "previews" },
      out: { type: "string" },
      labels: { type: "string" },
      pending: { type: "boolean", default: false },
      unverified: { type: "boolean", default: false },
      stack: { type: "string" },
      commit: { type: "string", default: process.env["COMMIT"] ?? process.env["GITHUB_SHA"] ?? "" },
      "run-url": { type: "string", default: runUrl() },
    },
  });
  const { out } = values;
  if (out === undefined) throw new UsageError("comment needs --out: the file to write.");
  const { name } = await loadProject(ROOT);
  const [plans, previews] = await Promise.all([folder(values.plans), folder(values.previews)]);
  const found = [...plans.keys(), ...previews.keys()].map((file) => file.split(".")[0] ?? "");
  // A job that ended before its preview leaves no file; that its stack has no preview is then no accident.
  const { PREVIEW_RESULT: preview = "", IMAGE_RESULT: image = "" } = process.env;
  const missing = missingPreviews(preview, image);
  const stacks =
    values.stack === undefined ? [...(await stackNames(ROOT)), ...found] : [values.stack];
  const reports = [...new Set(stacks)].map((stack) =>
    stackReport(name, findings(stack, plans, previews), missing),
  );
  const merging = values.stack === undefined ? await mergingOf(process.env) : undefined;
  const head = {
    ...{ project: name, commit: values.commit, runUrl: values["run-url"], time: new Date() },
    ...{ repositoryUrl: repositoryUrl(), folder: folderInRepository(), pending: values.pending },
    unverified: values.unverified,
    ...defined({ merging }),
  };
  await writeFile(out, `${comment(head, inOrder(reports))}\n`);
  if (values.labels !== undefined)
    await writeFile(values.labels, JSON.stringify(verdicts(reports).map(([title]) => title)));
  return 0;
});

/** None where there is no such folder. */
async function folder(name: string): Promise<Files> {
  const files = await readdir(name).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const texts = files
    .filter((file) => /\.(?:json|exit)$/.test(file))
    .map(async (file) => [file, await readFile(path.join(name, file), "utf8")] as const);
  return new Map(await Promise.all(texts));
}

function findings(stack: string, plans: Files, previews: Files): Findings {
  const preview = previewOf(
    parsed(previews.get(`${stack}.json`) ?? ""),
    previews.get(`${stack}.exit`),
  );
  return {
    stack,
    plan: parsed(plans.get(`${stack}.json`) ?? ""),
    difference: parsed(plans.get(`${stack}.difference.json`) ?? ""),
    ...(preview && { preview }),
  };
}

function previewOf(json: unknown, exit: string | undefined): Findings["preview"] {
  if (isMap(json) && typeof json["exitCode"] === "number") {
    const { exitCode, error, preview, deployed } = json;
    return {
      ...{ exitCode, error: typeof error === "string" ? error : "", preview },
      ...(typeof deployed === "string" ? { deployed } : {}),
    };
  }
  if (exit !== undefined) {
    const [, code = "1", error = ""] = /^(\d*)\s*([^]*)$/.exec(exit) ?? [];
    return { exitCode: code === "" ? 1 : Number(code), error: error.trim(), preview: json };
  }
  return isPreviewDigest(json) ? { exitCode: 0, error: "", preview: json } : undefined;
}
