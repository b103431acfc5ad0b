import type { Readable } from "node:stream";

/** Lines longer than this are passed on in pieces, so that one endless line cannot fill the memory. */
const LONGEST_LINE = 64 * 1024;

/** Calls `onLine` for every line of a UTF-8 stream, also for a last one without line feed. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.endsWith("\r") ? line.slice(0, -1) : line);
    if (rest.length > LONGEST_LINE) {
      onLine(rest);
      rest = "";
    }
  });
  stream.once("end", () => {
    if (rest !== "") onLine(rest);
  });
}
