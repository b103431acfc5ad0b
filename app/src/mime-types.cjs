// In place of mime-types in the bundle (package.json, `esbuild.alias`). It makes tables of 2,600 types when it loads, 13 ms of
// CPU time that each start of a task would pay; here the first name that is looked up pays them. What Koa calls its own
// bodies is answered without: it asks for these names for every one of them.
const OWN = new Map([
  ["json", "application/json; charset=utf-8"],
  ["html", "text/html; charset=utf-8"],
  ["text", "text/plain; charset=utf-8"],
  ["bin", "application/octet-stream"],
]);

// By its path: the name leads here.
const real = () => require("../node_modules/mime-types/index.js");

for (const name of ["charset", "contentType", "extension", "lookup"])
  exports[name] = (value) => (name === "contentType" && OWN.get(value)) || real()[name](value);
for (const name of ["charsets", "extensions", "types"])
  Object.defineProperty(exports, name, { enumerable: true, get: () => real()[name] });
