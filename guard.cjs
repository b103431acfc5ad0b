"use strict";
// Pulumi starts the program with the `node` on PATH (Pulumi.yaml: nodeargs --require ./guard.cjs).
// An old Node would die in the module loader on the first .ts import; this says what is missing instead.
// Plain CommonJS in old syntax on purpose: it has to load on any Node.
var REQUIRED_MAJOR = 24;
var major = Number(process.versions.node.split(".")[0]);
if (major < REQUIRED_MAJOR) {
  process.stderr.write(
    "This project needs Node " +
      REQUIRED_MAJOR +
      " or later, but the `node` on PATH is " +
      process.version +
      ". Put Node " +
      REQUIRED_MAJOR +
      ' first on PATH, or run Pulumi with the one that npm ci installed: PATH="$PWD/node_modules/.bin:$PATH" pulumi up\n',
  );
  process.exit(1);
}
