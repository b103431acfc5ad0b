import type { Example } from "../project/app-examples.ts";
import type { ServiceSpec } from "./spec-types.ts";

/** curl commands to paste into a shell: the app's examples, or else its health path. */
export function curlCommands(
  base: URL,
  examples: readonly Example[],
  spec: Pick<ServiceSpec, "targetGroups">,
  authorization?: { header: string; value: string },
  now = new Date().toISOString(),
): string[] {
  if (examples.length === 0) {
    return [`curl -i ${base.origin}${spec.targetGroups[0].healthCheck.path}`];
  }
  return examples.map(({ method, path, body }) => {
    const words = ["curl", "-s", quote(`${base.origin}${path}`)];
    // curl itself sends POST when there is data.
    if (method !== undefined && method !== (body === undefined ? "GET" : "POST")) {
      words.push("-X", method);
    }
    if (authorization !== undefined) {
      words.push("-H", quote(`${authorization.header}: ${authorization.value}`));
    }
    if (body !== undefined) {
      words.push(
        "-H",
        quote("content-type: application/json"),
        "-d",
        quote(JSON.stringify(body).replaceAll('"{now}"', JSON.stringify(now))),
      );
    }
    return words.join(" ");
  });
}

/** A word for a POSIX shell; left bare where no character has a meaning to it. */
function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
