import { code } from "./escape.ts";
import { redact } from "./redact.ts";
import type { CommentHead } from "./types.ts";

/** An address that is safe to show. */
export function isAddress(url: string): boolean {
  return /^https?:\/\/[\w.:-]+(?:\/[\w.~%/-]*)?$/.test(url);
}

/** A name as a code span, linked to the line of the commit where it is written, if that is known. */
export type Cite = (text: string, source?: string) => string;

export function citing({ repositoryUrl = "", folder = "", commit }: CommentHead): Cite {
  return (text, source = "") => {
    const span = code(redact(text), 120);
    const [, file, line] = /^((?:[\w.@-]+\/)*[\w.@-]+):(\d+)$/.exec(source) ?? [];
    if (file === undefined || line === undefined || file.includes("..")) return span;
    const place = folder === "" ? file : `${folder}/${file}`;
    const url = `${repositoryUrl}/blob/${commit}/${place}`;
    return isAddress(repositoryUrl) && isAddress(url) ? `[${span}](${url}#L${line})` : span;
  };
}

/** `` `0f0f0f0` → `1a2b3c4` ``, linked to what lies between; empty where either is unknown. */
export function commitsBetween(
  { repositoryUrl = "", commit }: CommentHead,
  before: string | undefined,
): string {
  if (before === undefined || !isHash(before) || !isHash(commit)) return "";
  const text = `${code(before.slice(0, 7))} → ${code(commit.slice(0, 7))}`;
  if (before === commit) return code(commit.slice(0, 7));
  return isAddress(repositoryUrl)
    ? `[${text}](${repositoryUrl}/compare/${before}...${commit})`
    : text;
}

const isHash = (text: string): boolean => /^[0-9a-f]{7,64}$/.test(text);
