import { readFile } from "node:fs/promises";
import path from "node:path";
import { succeed, type RunCommand } from "../../lib/command.ts";

/** A release that is due. */
export interface Release {
  /** Such as `0.2.0`. */
  version: string;
  /** Markdown, as GitHub shows it. */
  notes: string;
}

/** Entries of a changelog by their heading, such as `Added`, each on one line. */
type Entries = ReadonlyMap<string, readonly string[]>;

/**
 * The release that the changelog is ready for: its entries under `[Unreleased]` that were not there at the last tag.
 * Nothing is committed for it, so that it needs no pull request, and no more rights than to tag.
 * @param root folder of CHANGELOG.md and package.json
 * @param url of the repository, for links in the notes
 * @returns undefined where there is nothing new
 */
export async function dueRelease(
  run: RunCommand,
  root: string,
  url: string,
): Promise<Release | undefined> {
  const git = (...args: string[]) => run("git", args, { cwd: root });
  const described = await git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*");
  const tag = described.code === 0 ? described.stdout.trim() : undefined;
  const now = entries(await readFile(path.join(root, "CHANGELOG.md"), "utf8"));
  const before =
    tag === undefined
      ? new Set<string>()
      : new Set(lines(await succeed(run, "git", ["show", `${tag}:./CHANGELOG.md`], { cwd: root })));
  const fresh = new Map(
    [...now].flatMap(([heading, all]) => {
      const come = all.filter((entry) => !before.has(entry));
      return come.length === 0 ? [] : [[heading, come] as const];
    }),
  );
  if (fresh.size === 0) return undefined;
  const { version: first } = JSON.parse(
    await readFile(path.join(root, "package.json"), "utf8"),
  ) as { version: string };
  const version = tag === undefined ? first : nextVersion(tag.slice(1), fresh);
  return { version, notes: notesOf(fresh, `${url}/blob/v${version}`) };
}

/** Lines of Markdown, those of a list item joined: GitHub shows a line break in notes as one. */
function lines(text: string): string[] {
  return text.replace(/\n {2,}(?=\S)/g, " ").split("\n");
}

/** What stands under `[Unreleased]`. */
function entries(changelog: string): Entries {
  const found = new Map<string, string[]>();
  const [, , after = ""] = /^## \[Unreleased\]\s*$(\n)([^]*)/m.exec(changelog) ?? [];
  let heading = "";
  for (const line of lines(after.split(/^## /m)[0] ?? "")) {
    heading = /^### (.+)$/.exec(line)?.[1]?.trim() ?? heading;
    if (line.startsWith("- ")) found.set(heading, [...(found.get(heading) ?? []), line]);
  }
  return found;
}

/** What only mends. */
const PATCH = ["Fixed", "Security"];

/** By Semantic Versioning: what is removed breaks, which before 1.0.0 is a minor version, too. */
export function nextVersion(last: string, fresh: Entries): string {
  const [major = 0, minor = 0, patch = 0] = last.split(".").map(Number);
  const headings = [...fresh.keys()];
  if (headings.includes("Removed") && major > 0) return `${major + 1}.0.0`;
  if (headings.some((heading) => !PATCH.includes(heading))) return `${major}.${minor + 1}.0`;
  return `${major}.${minor}.${patch + 1}`;
}

function notesOf(fresh: Entries, files: string): string {
  return [...fresh]
    .flatMap(([heading, all]) => [`### ${heading}`, "", ...all, ""])
    .join("\n")
    .replace(/\]\((?![a-z]+:|#)(?:\.\/)?([^)]+)\)/g, `](${files}/$1)`);
}
