import { compareBoxes, compareNames, compareText } from "../diff/boxes.ts";
import { countsOf, countsText, follows, isFirst, shownOperation } from "../diff/counts.ts";
import { imageChange, isImage } from "../diff/image.ts";
import type { Operation, ResourceChange } from "../diff/types.ts";
import { code, plainText } from "./escape.ts";
import { commitsBetween } from "./links.ts";
import type { CommentHead, StackReport } from "./types.ts";

/** Operations in the order of the names, what is worse first. */
const OPERATIONS: readonly Operation[] = ["replace", "delete", "update", "create"];

/**
 * Changed resources by component, the stacks side by side; empty where nothing changes.
 * @param most names of each cell; the rest is in the counts
 */
export function table(head: CommentHead, reports: readonly StackReport[], most: number): string {
  const shown = reports.filter(({ changes }) => changes !== undefined);
  const boxes = [
    ...new Set(
      shown.flatMap(({ changes }) =>
        (changes?.resources ?? []).filter((change) => !isImage(change)).map(({ box }) => box),
      ),
    ),
  ].sort(compareBoxes);
  const images = imageRow(head, shown);
  if (boxes.length === 0 && images === undefined) return "";
  return [
    ["component", ...shown.map(({ stack }) => plainText(stack, 40))],
    ["---", ...shown.map(() => "---")],
    ...boxes.map((box) => [
      plainText(box, 40),
      ...shown.map(({ changes }) =>
        cell(
          (changes?.resources ?? []).filter((change) => change.box === box && !isImage(change)),
          // Where all is new, names tell nothing.
          changes === undefined || isFirst(changes) ? 0 : most,
        ),
      ),
    ]),
    ...(images === undefined ? [] : [images]),
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function cell(resources: readonly ResourceChange[], most: number): string {
  if (resources.length === 0) return "–";
  const counts = countsText(countsOf(resources));
  const own = resources.filter((change) => !follows(change));
  const named = new Map<string, number>();
  for (const { name } of own) named.set(name, (named.get(name) ?? 0) + 1);
  const names = OPERATIONS.flatMap((operation) =>
    own
      .filter((change) => shownOperation(change) === operation)
      .sort((a, b) => compareNames(a.name, b.name) || compareText(a.type, b.type))
      .map(({ name, type }) => {
        // A main resource is called like its component, and so may be several.
        const kind = named.get(name) === 1 ? "" : ` ${plainText(type.split(":").at(-1) ?? "", 40)}`;
        const text = `${code(name, 60)}${kind}`;
        return operation === "delete" ? `~~${text}~~` : text;
      }),
  );
  if (names.length === 0 || most === 0) return counts;
  const rest = names.length - most;
  return `${counts}<br>${names.slice(0, most).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** ``image | `a1b2` → `c3d4`<br>commits `0f0f0f0` → `1a2b3c4` `` */
function imageRow(head: CommentHead, reports: readonly StackReport[]): string[] | undefined {
  const changes = reports.map((report) => report.changes && imageChange(report.changes));
  if (changes.every((change) => change === undefined)) return undefined;
  return [
    "image",
    ...changes.map((change, index) => {
      if (change === undefined) return "–";
      const after = code(change.after, 60);
      const commits = commitsBetween(head, reports[index]?.deployed);
      const images =
        change.before === undefined ? `new ${after}` : `${code(change.before, 60)} → ${after}`;
      return commits === "" ? images : `${images}<br>commits ${commits}`;
    }),
  ];
}
