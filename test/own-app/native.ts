import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { Copy } from "../helpers/copy.ts";
import { FASTIFY_SETTINGS, SERVICE_TEST } from "./fastify.ts";

const ADDON = `#include <node_api.h>
NAPI_MODULE_INIT() { napi_value answer; napi_create_int32(env, 42, &answer); return answer; }
`;

/** The copy with a service whose answer comes out of a native addon, and which has a Dockerfile of its own. */
export function nativeCopy(headers: string): Copy {
  const copy = new Copy("copied", {
    "package.json":
      '{"name":"native","main":"server.js","scripts":{"start":"node server.js","test":"node --test"}}',
    "server.js": `const { createServer } = require("node:http");
const { PORT = 8080 } = process.env;
const answer = require("./build/answer.node");
const server = createServer((request, response) => response.end(String(answer)));
server.listen(Number(PORT));
process.on("SIGTERM", () => server.close());
`,
    "server.test.js": SERVICE_TEST,
    "answer.c": ADDON,
    ".dockerignore": "*\n!server.js\n!build\n",
    Dockerfile: `ARG NODE_IMAGE
FROM \${NODE_IMAGE}
ENV PATH=/nodejs/bin
WORKDIR /srv
COPY . .
ENTRYPOINT ["node", "server.js"]
`,
  });
  const app = path.join(copy.folder, "app");
  mkdirSync(path.join(app, "build"));
  const args = ["-shared", "-fPIC", "-I", headers, "-o", "build/answer.node", "answer.c"];
  const { status, stderr } = spawnSync("gcc", args, { cwd: app, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  for (const stack of ["dev", "prod"])
    copy.configure(stack, { ...FASTIFY_SETTINGS, healthPath: "/", livenessPath: "/" });
  return copy;
}
