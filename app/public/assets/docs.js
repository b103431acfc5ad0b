/** Shows the OpenAPI document of the service to people. */
const main = document.querySelector("main");
const api = await (await fetch("/openapi.json")).json();
const { info, tags, paths, components } = api;

const key =
  components.securitySchemes === undefined
    ? "No API key is needed."
    : "Send your API key in `X-Api-Key`, or as `Authorization: Bearer`.";
fill("#about", inline(`${info.description} Version ${info.version}. ${key}`));
fill("#operations", tags.flatMap(section));
fill("#kinds", components.schemas.Problem.properties.type.enum.map(kind));
fill(
  "#schema-list",
  Object.entries(components.schemas).map(([name, schema]) =>
    element("details", { id: `schema-${name}` }, [
      element("summary", {}, [name]),
      element("pre", {}, [JSON.stringify(schema, null, 2)]),
    ]),
  ),
);
main.setAttribute("aria-busy", "false");
// What the address names is there only now.
if (location.hash !== "") document.getElementById(location.hash.slice(1))?.scrollIntoView();

function section({ name, description }) {
  const own = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(name))
      .map(([method, operation]) => article(method, path, operation)),
  );
  const title = element("h2", { id: name.toLowerCase() }, [name]);
  return [title, element("p", {}, [description]), ...own];
}

function article(method, path, operation) {
  const { operationId, summary, description, parameters, requestBody, responses } = operation;
  const statuses = Object.keys(responses);
  const success = statuses.find((status) => status.startsWith("2"));
  const errors = statuses.filter((status) => Number(status) >= 400).join(", ");
  const rows = parameters.map((one) =>
    row({}, [element("code", {}, [one.name])], inline(one.description)),
  );
  const body =
    requestBody === undefined
      ? []
      : [element("p", {}, ["Body: ", ...links(requestBody), `. ${requestBody.description}`])];
  return element("article", { id: operationId }, [
    element("h3", {}, [
      element("span", { class: `method ${method}` }, [method.toUpperCase()]),
      " ",
      element("code", {}, [path]),
    ]),
    element("p", {}, [element("strong", {}, [`${summary}. `]), ...inline(description)]),
    ...(rows.length === 0 ? [] : [element("table", {}, [element("tbody", {}, rows)])]),
    ...body,
    element("p", {}, [
      `Answer: ${success} `,
      ...links(responses[success]),
      element("span", { class: "faint" }, [` Errors: ${errors}.`]),
    ]),
  ]);
}

function kind(type) {
  const id = type.slice(type.indexOf("#") + 1);
  return row({ id }, [element("code", {}, [type])], [id.replaceAll("-", " ")]);
}

/** Links to the schemas that a part of the document names. */
function links(part) {
  const names = [...JSON.stringify(part).matchAll(/#\/components\/schemas\/(\w+)/g)];
  return names.flatMap(([, name], at) => [
    at === 0 ? "" : " or ",
    element("a", { href: `#schema-${name}` }, [name]),
  ]);
}

function row(attributes, head, cell) {
  return element("tr", attributes, [
    element("th", { scope: "row" }, head),
    element("td", {}, cell),
  ]);
}

/** Text with `code` in backticks. */
function inline(text) {
  return text.split("`").map((part, at) => (at % 2 === 1 ? element("code", {}, [part]) : part));
}

function fill(selector, children) {
  document.querySelector(selector).replaceChildren(...children);
}

function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}
