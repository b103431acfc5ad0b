import { HttpProblem } from "./problem.ts";

/** Longest request target; beyond it 414. */
export const MAX_TARGET_CHARACTERS = 4096;

const ABSOLUTE_FORM = /^https?:\/\/[^/?#\s@]+([/?].*)?$/i;
const FORBIDDEN = /[^\x21-\x7e]|["<>\\^`{|}#]|%(?![0-9A-Fa-f]{2})|%00/;

export interface RequestTarget {
  readonly path: string;
  readonly query: string;
}

/**
 * Splits a request target (RFC 9112 section 3.2) into path and query, both still percent-encoded.
 * The absolute form is reduced to its path. Refused: other forms, bytes outside the URI alphabet,
 * percent-encoding that is malformed, not UTF-8 or NUL.
 * @throws HttpProblem bad-request, uri-too-long
 */
export function parseTarget(target: string): RequestTarget {
  if (target.length > MAX_TARGET_CHARACTERS) {
    throw new HttpProblem(
      "uri-too-long",
      `The request target has ${target.length} characters; at most ${MAX_TARGET_CHARACTERS} are taken.`,
    );
  }
  const origin = target.startsWith("/") ? target : originForm(target);
  if (FORBIDDEN.test(origin)) {
    throw new HttpProblem(
      "bad-request",
      "The request target has a character or percent-encoding that a URI may not have.",
    );
  }
  if (origin.includes("%")) assertUtf8(origin);
  const at = origin.indexOf("?");
  if (at === -1) return { path: origin, query: "" };
  return { path: origin.slice(0, at), query: origin.slice(at + 1) };
}

function originForm(target: string): string {
  const match = ABSOLUTE_FORM.exec(target);
  if (match === null) {
    throw new HttpProblem(
      "bad-request",
      "The request target has to be a path, or an absolute http or https address.",
    );
  }
  const rest = match[1] ?? "";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

function assertUtf8(target: string): void {
  try {
    decodeURIComponent(target);
  } catch {
    throw new HttpProblem("bad-request", "The request target is not UTF-8 after percent-decoding.");
  }
}
