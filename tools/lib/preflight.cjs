"use strict";
// Runs before the npm scripts: says in one sentence what a fresh clone still lacks.
// Plain CommonJS in old syntax on purpose: it has to load on any Node.
require("../../guard.cjs");
var fs = require("node:fs");
var path = require("node:path");

var app = path.join(__dirname, "..", "..", "app");
var dependencies = Object.keys(require(path.join(app, "package.json")).dependencies || {});
var missing = dependencies.filter(function (name) {
  return !fs.existsSync(path.join(app, "node_modules", name, "package.json"));
});
if (missing.length > 0) {
  process.stderr.write(
    "app/node_modules lacks " +
      missing.join(", ") +
      ": the root's npm ci installs it by a postinstall script, which --ignore-scripts skips. Run npm ci --prefix app\n",
  );
  process.exit(1);
}
