import path from "node:path";
import { Copy, pack } from "../helpers/copy.ts";

/** A service that has nothing in common with the sample app: the whole of its source. */
const FASTIFY_SERVICE = `import Fastify from "fastify";
import { greeting } from "greeting";

const app = Fastify({ logger: { level: process.env.LOG_LEVEL ?? "info" } });

app.get("/health", () => ({ status: "ok" }));
app.get("/hello/:name", (request) => ({ hello: greeting(request.params.name) }));
app.post("/orders", (request, reply) => reply.code(201).send(request.body));

process.on("SIGTERM", () => app.close());
await app.listen({ host: "0.0.0.0", port: Number(process.env.PORT ?? 8080) });
`;

/** Its package.json, with a dependency of its own that needs no registry. */
const FASTIFY_PACKAGE = {
  name: "hello-service",
  version: "2.0.0",
  private: true,
  type: "module",
  main: "service.js",
  scripts: { test: "node --test", lint: "node --check service.js" },
  dependencies: { greeting: "file:greeting-1.0.0.tgz" },
  examples: [{ path: "/hello/fargate" }, { path: "/orders", body: { item: "{id}" } }],
};

/** What Node's runner counts as one passed and one skipped. */
export const SERVICE_TEST = `import { test } from "node:test";
import assert from "node:assert";
test("adds", () => assert.equal(1 + 1, 2));
test("waits", { skip: true }, () => {});
`;

/** What its owner changes in every stack file. */
export const FASTIFY_SETTINGS = {
  environment: { LOG_LEVEL: "warn" },
  secrets: undefined,
  healthPath: "/health",
  livenessPath: "/health",
};

/** The copy with the Fastify service, whose dependency lies beside it. */
export function fastifyCopy(): Copy {
  const copy = new Copy("copied", {
    "package.json": JSON.stringify(FASTIFY_PACKAGE),
    "service.js": FASTIFY_SERVICE,
    "service.test.js": SERVICE_TEST,
  });
  pack(path.join(copy.folder, "app"), "greeting", {
    "package.json": '{"name":"greeting","version":"1.0.0","main":"index.js"}',
    "index.js": "exports.greeting = (name) => name.toUpperCase();",
  });
  for (const stack of ["dev", "prod"]) copy.configure(stack, FASTIFY_SETTINGS);
  return copy;
}
