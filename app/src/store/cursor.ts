import { InvalidCursorError } from "../events/errors.ts";

/** Cursors are opaque to callers: base64url of JSON. */
export function encodeCursor(position: unknown): string {
  return Buffer.from(JSON.stringify(position)).toString("base64url");
}

/** Throws `InvalidCursorError` unless the text is a cursor whose position `isPosition` knows. */
export function decodeCursor<T>(
  cursor: string,
  isPosition: (position: unknown) => position is T,
): T {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (isPosition(position)) return position;
  } catch {
    // Not JSON: refused below like any other cursor that was not handed out here.
  }
  throw new InvalidCursorError("cursor is not the nextCursor of a page of this service.");
}
