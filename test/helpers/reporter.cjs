"use strict";
// The spec reporter, closed by one plain line that scripts can read: `N passed, N failed, N skipped`. Where test/run runs
// several groups of files, it says that line over all: here it gets the numbers, and how long each file took.
const { writeFileSync } = require("node:fs");
const path = require("node:path");
const { format } = require("node:util");
const Mocha = require("mocha");

const folder = process.env.TEST_RESULTS;
// Not for a run inside of a test.
delete process.env.TEST_RESULTS;

/** Groups share a terminal: what belongs to one suite is written at once. */
function writeSuitesWhole(runner) {
  let held = [];
  const flush = () => {
    if (held.length > 0) process.stdout.write(`${held.join("\n")}\n`);
    held = [];
  };
  Mocha.reporters.Base.consoleLog = (...args) => void held.push(format(...args));
  runner.on("suite end", (suite) => suite.parent?.root && flush());
  process.once("exit", flush);
}

/** @returns seconds by file, filled as the files are run */
function measureFiles(runner) {
  const seconds = {};
  let began = 0;
  runner.on("suite", (suite) => suite.parent?.root && (began = Date.now()));
  runner.on("suite end", (suite) => {
    if (!suite.parent?.root) return;
    const file = path.relative(process.cwd(), suite.file);
    seconds[file] = (seconds[file] ?? 0) + (Date.now() - began) / 1000;
  });
  return seconds;
}

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    if (folder !== undefined) writeSuitesWhole(runner);
    super(runner, options);
    const seconds = measureFiles(runner);
    const { stats } = this;
    let unhandled = 0;
    process.on("unhandledInTest", (reason) => {
      unhandled += 1;
      Mocha.reporters.Base.consoleLog("  a rejection that nobody handled:", reason);
    });
    // On exit, not on the end event: the list of failures is printed in between.
    process.once("exit", () => {
      const lacking = [...(globalThis[Symbol.for("what the tests lack")] ?? [])];
      if (stats.pending > 0 && lacking.length > 0)
        process.stdout.write(`\nskipped for want of: ${lacking.join("; ")}\n`);
      const { passes: passed, pending: skipped } = stats;
      // A run that a test ended by process.exit() has no end of its own.
      const failed = stats.failures + unhandled + (stats.end === undefined ? 1 : 0);
      if (failed > 0) process.exitCode ||= 1;
      if (folder === undefined)
        process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
      else
        writeFileSync(
          path.join(folder, `${process.pid}.json`),
          JSON.stringify({ counts: { passed, failed, skipped }, seconds }),
        );
    });
  }
};
