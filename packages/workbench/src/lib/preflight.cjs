"use strict";
// Runs before the npm scripts: says in one sentence what a fresh clone still lacks.
// Plain CommonJS in old syntax on purpose: it has to load on any Node.
require("../../../../guard.cjs");
var fs = require("node:fs");
var path = require("node:path");

var app = path.join(process.cwd(), "app");
var manifest = path.join(app, "package.json");
// The app may lie elsewhere, need no package.json, or be installed without node_modules (Yarn Plug'n'Play).
var dependencies =
  fs.existsSync(manifest) && !fs.existsSync(path.join(app, ".pnp.cjs"))
    ? Object.keys(require(manifest).dependencies || {})
    : [];
var missing = dependencies.filter(function (name) {
  return !fs.existsSync(path.join(app, "node_modules", name, "package.json"));
});
if (missing.length > 0) {
  process.stderr.write(
    "app/node_modules lacks " +
      missing.join(", ") +
      ": the root's npm ci installs it by a postinstall script, which --ignore-scripts skips. Run npm run postinstall\n",
  );
  process.exit(1);
}
