import { PROBLEMS } from "../http/problem.ts";
import type { Operation, Parameter } from "./operations.ts";
import { OPERATIONS } from "./operations.ts";

interface DescribedDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, { readonly description: string }>>;
    readonly securitySchemes?: unknown;
  };
}

interface DescribedOperation {
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
  readonly requestBody?: { readonly description: string };
}

/** The description of the API for people: one page without scripts, made from the OpenAPI document. */
export function docsPage(openApi: Readonly<Record<string, unknown>>): string {
  const document = openApi as unknown as DescribedDocument;
  const { info, tags, components } = document;
  const key =
    components.securitySchemes === undefined
      ? "No API key is needed."
      : "Send your API key in <code>X-Api-Key</code>, or as <code>Authorization: Bearer</code>.";
  const sections = tags.map(
    ({ name, description }) =>
      `<h2 id="${name.toLowerCase()}">${escape(name)}</h2><p>${escape(description)}</p>` +
      OPERATIONS.filter(({ tag }) => tag === name)
        .map((operation) => article(operation, document))
        .join(""),
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>API · ${escape(info.title)}</title>
    <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/assets/style.css" />
  </head>
  <body>
    <header class="bar">
      <h1><a href="/">${escape(info.title)}</a></h1>
      <nav><a href="#events">Events</a><a href="#reports">Reports</a><a href="#service">Service</a>
      <a href="#problems">Problems</a><a href="#schemas">Schemas</a><a href="/openapi.json">openapi.json</a></nav>
    </header>
    <main class="docs">
      <p>${inline(info.description)} Version ${escape(info.version)}. ${key}</p>
      <pre>${escape(EXAMPLE)}</pre>
      ${sections.join("\n")}
      <h2 id="problems">Problems</h2>
      <p>Every error is <code>application/problem+json</code>; its <code>type</code> is one of these.</p>
      ${problemTable()}
      <h2 id="schemas">Schemas</h2>
      ${Object.entries(components.schemas).map(schemaBlock).join("\n")}
    </main>
  </body>
</html>
`;
}

const EXAMPLE = `curl -X POST "$URL/v1/events" -H 'Content-Type: application/json' \\
  -d '{"id":"e1","name":"opened","user":"u1","feature":"search"}'
curl "$URL/v1/kpis"`;

function article(operation: Operation, document: DescribedDocument): string {
  const { method, path, operationId, summary, description, parameters, answer } = operation;
  const described = document.paths[path]?.[method];
  const body = operation.body?.map((name) => schemaLink(name)).join(" or ");
  const result = "schema" in answer ? schemaLink(answer.schema) : escape(answer.mediaType);
  const problems = Object.keys(described?.responses ?? {}).filter(
    (status) => Number(status) >= 400,
  );
  return `<article id="${operationId}">
  <h3><span class="method ${method}">${method.toUpperCase()}</span> <code>${escape(path)}</code></h3>
  <p><strong>${escape(summary)}.</strong> ${inline(description)}</p>
  ${parameters.length === 0 ? "" : parameterTable(parameters)}
  ${body === undefined ? "" : `<p>Body: ${body}. ${escape(described?.requestBody?.description ?? "")}</p>`}
  <p>Answer: ${operation.status} ${result}${operation.tagged === true ? ", with an ETag" : ""}.
  <span class="faint">Errors: ${problems.join(", ")}.</span></p>
</article>`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(
    ({ name, description, schema }) =>
      `<tr><th scope="row"><code>${escape(name)}</code></th><td>${inline(description)} <span class="faint">${escape(limits(schema))}</span></td></tr>`,
  );
  return `<table><tbody>${rows.join("")}</tbody></table>`;
}

/** What a schema says about a value, in words. */
function limits(schema: Readonly<Record<string, unknown>>): string {
  const { enum: values, minimum, maximum, maxLength } = schema;
  const parts: string[] = [];
  if (Array.isArray(values) && values.length <= 10) parts.push(values.join(" or "));
  if (typeof minimum === "number" && typeof maximum === "number")
    parts.push(`${minimum} to ${maximum}`);
  if (typeof maxLength === "number") parts.push(`at most ${maxLength} characters`);
  if (typeof schema["default"] === "string" || typeof schema["default"] === "number") {
    parts.push(`default ${schema["default"]}`);
  }
  return parts.length === 0 ? "" : `(${parts.join("; ")})`;
}

function problemTable(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([kind, { status, title }]) =>
      `<tr id="${kind}"><th scope="row"><code>/docs#${kind}</code></th><td class="number">${status}</td><td>${escape(title)}</td></tr>`,
  );
  return `<table><tbody>${rows.join("")}</tbody></table>`;
}

function schemaBlock([name, schema]: [string, unknown]): string {
  return `<details id="schema-${name}"><summary>${escape(name)}</summary><pre>${escape(JSON.stringify(schema, null, 2))}</pre></details>`;
}

function schemaLink(name: string): string {
  return `<a href="#schema-${name}">${escape(name)}</a>`;
}

/** Text with \`code\` in backticks. */
function inline(text: string): string {
  return escape(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

function escape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
