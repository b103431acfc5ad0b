import { KINDS } from "../../review/comment/kinds.ts";
import { excused } from "../../lib/excused.ts";
import { isStatus, type GitHub } from "./github.ts";

/** Kinds of risk that a pull request is labelled with: those that the comment is loudest about. */
const LABELLED = KINDS.filter(({ alert }) => alert === "CAUTION").map(({ title }) => title);

/** The kind that the check `data-loss` is about. */
export const DATA_LOSS = "Data loss";

/** `infra: data loss` */
const labelOf = (title: string): string => `infra: ${title.toLowerCase()}`;

/**
 * Gives a pull request the label of each kind that was found, and takes those of the others away. Labels of other names
 * stay. The repository's labels are made as they are needed.
 * Source: GitHub Docs, REST API, Labels: `pull-requests: write` is enough for each of these calls.
 * @param titles of the kinds that were found
 */
export async function keepLabels(
  gitHub: GitHub,
  pullRequest: number,
  titles: readonly string[],
): Promise<void> {
  const path = `/issues/${pullRequest}/labels`;
  const has = new Set((await gitHub.list<{ name: string }>(path)).map(({ name }) => name));
  for (const title of LABELLED) {
    const name = labelOf(title);
    if (titles.includes(title) && !has.has(name)) {
      // 422: it is there already.
      await gitHub.request("POST", "/labels", { name, color: "b60205" }).catch(answered(422));
      await gitHub.request("POST", path, { labels: [name] });
    } else if (!titles.includes(title) && has.has(name))
      await gitHub.request("DELETE", `${path}/${encodeURIComponent(name)}`).catch(answered(404));
  }
}

const answered = (status: number) => excused(isStatus(status), undefined);
