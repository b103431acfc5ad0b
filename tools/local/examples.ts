import { readPackage } from "./app-package.ts";
import type { ServiceSpec } from "./spec-types.ts";

/** One call that an app's package.json shows to its users, under the key `examples`. */
export interface Example {
  /** Default GET. */
  method?: string;
  /** From the root of the service, such as `/v1/orders`. */
  path: string;
  /** Sent as JSON; the text `{now}` stands for the current time. */
  body?: unknown;
}

/** Example calls that the app declares; none for an app without the key `examples`. */
export async function readExamples(appFolder: string): Promise<Example[]> {
  const { examples } = await readPackage(appFolder);
  return Array.isArray(examples) ? examples.filter(isExample) : [];
}

function isExample(value: unknown): value is Example {
  return (
    typeof value === "object" &&
    value !== null &&
    "path" in value &&
    typeof value.path === "string" &&
    value.path.startsWith("/")
  );
}

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
