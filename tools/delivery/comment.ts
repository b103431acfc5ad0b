/**
 * Writes the comment on a pull request from what the jobs before found out:
 *
 *   node tools/delivery/comment.ts --plans DIR --previews DIR --out FILE [--commit SHA] [--run-url URL]
 *
 * `plans` holds `<stack>.json` (`npm run plan -- <stack> --output`) and `<stack>.difference.json` (the same with
 * `--against`); `previews` holds `<stack>.json`, either the result of `cli.ts preview` or the plain
 * `pulumi preview --json`, then with `<stack>.exit` (exit code, and below it the error) where it failed. Any of them
 * may be missing: a stack of the project of which nothing was found out is named all the same. Commit and run default
 * to those of GitHub Actions. The variables PREVIEW_RESULT and IMAGE_RESULT hold what became of those jobs.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseArgs } from "node:util";
import { comment } from "../plan/comment/comment.ts";
import { isPreviewDigest } from "../plan/comment/preview.ts";
import { inOrder, missingPreviews, stackReport, type Findings } from "../plan/comment/reports.ts";
import { loadProject, stackNames } from "../plan/project.ts";
import { isMap } from "../plan/wire.ts";

const ROOT = path.resolve(import.meta.dirname, "../..");

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      plans: { type: "string", default: "plans" },
      previews: { type: "string", default: "previews" },
      out: { type: "string" },
      commit: { type: "string", default: process.env["COMMIT"] ?? process.env["GITHUB_SHA"] ?? "" },
      "run-url": { type: "string", default: runUrl() },
    },
  });
  const { out } = values;
  if (out === undefined) throw new Error("comment needs --out: the file to write.");
  const { name } = await loadProject(ROOT);
  const [plans, previews] = await Promise.all([folder(values.plans), folder(values.previews)]);
  const stacks = [
    ...new Set([
      ...(await stackNames(ROOT)),
      ...[...plans.keys(), ...previews.keys()].map((file) => file.split(".")[0] ?? ""),
    ]),
  ];
  // A job that ended before its preview leaves no file; that its stack has no preview is then no accident.
  const { PREVIEW_RESULT: preview = "", IMAGE_RESULT: image = "" } = process.env;
  const missing = missingPreviews(preview, image);
  const reports = stacks.map((stack) =>
    stackReport(name, findings(stack, plans, previews), missing),
  );
  const text = comment(
    { project: name, commit: values.commit, runUrl: values["run-url"], time: new Date() },
    inOrder(reports),
  );
  await writeFile(out, `${text}\n`);
}

function runUrl(env: NodeJS.ProcessEnv = process.env): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server === undefined || repository === undefined || run === undefined
    ? ""
    : `${server}/${repository}/actions/runs/${run}`;
}

/** Texts of the files in a folder, by name; none where there is no such folder. */
async function folder(name: string): Promise<Map<string, string>> {
  const files = await readdir(name).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  const texts = files
    .filter((file) => /\.(?:json|exit)$/.test(file))
    .map(async (file): Promise<[string, string]> => [
      file,
      await readFile(path.join(name, file), "utf8"),
    ]);
  return new Map(await Promise.all(texts));
}

function findings(
  stack: string,
  plans: ReadonlyMap<string, string>,
  previews: ReadonlyMap<string, string>,
): Findings {
  const preview = previewOf(parsed(previews.get(`${stack}.json`)), previews.get(`${stack}.exit`));
  return {
    stack,
    plan: parsed(plans.get(`${stack}.json`)),
    difference: parsed(plans.get(`${stack}.difference.json`)),
    ...(preview === undefined ? {} : { preview }),
  };
}

function previewOf(json: unknown, exit: string | undefined): Findings["preview"] {
  if (isMap(json) && typeof json["exitCode"] === "number")
    return {
      exitCode: json["exitCode"],
      error: typeof json["error"] === "string" ? json["error"] : "",
      preview: json["preview"],
    };
  if (exit !== undefined) {
    const [code = "", ...error] = exit.split("\n");
    const exitCode = Number.parseInt(code, 10);
    return {
      exitCode: Number.isNaN(exitCode) ? 1 : exitCode,
      error: (Number.isNaN(exitCode) ? [code, ...error] : error).join("\n").trim(),
      preview: json,
    };
  }
  return isPreviewDigest(json) ? { exitCode: 0, error: "", preview: json } : undefined;
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

await main();
