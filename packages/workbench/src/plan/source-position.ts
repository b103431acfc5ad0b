import { fileURLToPath } from "node:url";
import type { RegisterRequest } from "./protocol.ts";

/**
 * Where the program registers a resource, such as `components/service/roles.ts:41`: the innermost line of its stack that
 * is in the project and in no package.
 * @param root folder of Pulumi.yaml
 * @returns undefined where no line of the project is known
 */
export function sourcePosition(request: RegisterRequest, root: string): string | undefined {
  const inside = `${root}/`;
  for (const frame of request.getStacktrace()?.getFramesList() ?? []) {
    const position = frame.getPc();
    // The SDK takes the URL of an ES module for a path.
    const [url] = /file:\/[^:]*$/.exec(position?.getUri() ?? "") ?? [];
    const file = url === undefined ? "" : fileURLToPath(url.replace(/^file:\/+/, "file:///"));
    if (position !== undefined && file.startsWith(inside) && !file.includes("/node_modules/"))
      return `${file.slice(inside.length)}:${position.getLine()}`;
  }
  return undefined;
}
