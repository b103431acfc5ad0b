import { expect } from "chai";
import { readConfig } from "../src/config.ts";
import { PROBLEMS } from "../src/errors.ts";
import { openApiDocument } from "../src/pages/openapi.ts";
import { createTestApp } from "./helpers/server.ts";

/** Pages for people and their files, which the description leaves out. */
const NOT_DESCRIBED = /^\/(docs|assets(?:\{\/:version\})?\/.*)?$/;

type Document = Readonly<Record<"paths" | "components", Record<string, Record<string, unknown>>>>;
const document = openApiDocument(readConfig({})) as unknown as Document;

describe("API description", () => {
  it("has every route of the service, and no other", () => {
    const { app, stop } = createTestApp();
    stop();
    const stack = app.middleware.flatMap((one) => ("router" in one ? [one.router] : [])) as {
      stack: { path: string; methods: string[] }[];
    }[];
    const routes = stack.flatMap(({ stack: layers }) =>
      layers.flatMap(({ path, methods }) =>
        methods.filter((method) => method !== "HEAD").map((method) => `${method} ${path}`),
      ),
    );
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map(
        (method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ":$1")}`,
      ),
    );
    expect(described.length).to.equal(10);
    expect(
      routes.filter((route) => !NOT_DESCRIBED.test(route.slice(route.indexOf("/")))),
    ).to.have.members(described);
  });

  it("names only schemas, headers and responses that it has", () => {
    const text = JSON.stringify(document);
    const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = ""]) => path);
    expect(references.length).to.be.above(50);
    for (const path of references) {
      const found = path
        .split("/")
        .reduce<unknown>(
          (at, name) => (at as Record<string, unknown> | undefined)?.[name],
          document,
        );
      expect(found, path).to.be.an("object");
    }
  });

  it("takes its schemas from those that check requests", () => {
    const { Event, Problem } = document.components["schemas"] as unknown as Record<
      string,
      { required: string[]; properties: Record<string, Record<string, unknown>> }
    >;
    expect(Event?.required).to.deep.equal(["id", "name", "user", "feature"]);
    expect(Event?.properties["id"]).to.include({ type: "string", minLength: 1, maxLength: 64 });
    expect(Event?.properties["time"]).to.include({ format: "date-time" });
    expect(Event?.properties["properties"]).to.include({ maxProperties: 20 });
    expect(Problem?.properties["type"]?.["enum"]).to.deep.equal([
      "about:blank",
      ...Object.keys(PROBLEMS).map((kind) => `/docs#${kind}`),
    ]);
  });
});

describe("Problems", () => {
  it("have a title of their own", () => {
    const titles = Object.values(PROBLEMS).map(({ title }) => title);
    expect(new Set(titles).size).to.equal(titles.length);
  });
});
