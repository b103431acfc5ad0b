"use strict";
// The spec reporter, closed by one plain line that scripts can read: `N passed, N failed, N skipped`. Where test/run runs
// several groups of files, it says that line over all: here it gets the numbers, what failed, and how long each file took.
const { openSync, writeFileSync, writeSync } = require("node:fs");
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

/** @returns seconds by file, those that passed and those of CPU time, filled as the files are run */
function measureFiles(runner) {
  const took = {};
  const now = () => {
    const { user, system } = process.cpuUsage();
    return [Date.now() / 1e3, (user + system) / 1e6];
  };
  let began = now();
  runner.on("suite", (suite) => suite.parent?.root && (began = now()));
  runner.on("suite end", (suite) => {
    if (!suite.parent?.root) return;
    const file = path.relative(process.cwd(), suite.file);
    const before = took[file] ?? [0, 0];
    took[file] = now().map((time, index) => before[index] + time - began[index]);
  });
  return took;
}

/** Where it is, for somebody who looks for it. */
const fileOf = (test) =>
  test?.file === undefined ? undefined : path.relative(process.cwd(), test.file);

/** A failed test as mocha lists it, below its title. */
function failureOf(test) {
  const { consoleLog } = Mocha.reporters.Base;
  let listed = "";
  Mocha.reporters.Base.consoleLog = (...args) => void (listed += `${format(...args)}\n`);
  Mocha.reporters.Base.list([test]);
  Mocha.reporters.Base.consoleLog = consoleLog;
  const titles = test.titlePath();
  const text = listed.trim().split("\n").slice(titles.length).join("\n");
  return {
    file: fileOf(test),
    title: titles.join(" > "),
    text: text.replaceAll(/^ {5}/gm, "").trim(),
  };
}

/** Whoever finds that this process is gone reads what it was doing. */
function writeRunning(runner) {
  // The last line holds. To write a file anew for each of thousands of tests takes a second.
  const file = openSync(path.join(folder, `${process.pid}.running`), "w");
  runner.on("test", (test) => {
    const running = { file: fileOf(test), title: test.titlePath().join(" > ") };
    writeSync(file, `${JSON.stringify(running)}\n`);
  });
}

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    if (folder !== undefined) {
      writeSuitesWhole(runner);
      writeRunning(runner);
    }
    super(runner, options);
    const took = measureFiles(runner);
    const { stats } = this;
    const failures = [];
    runner.on("fail", (test) => failures.push(failureOf(test)));
    let unhandled = 0;
    process.on("unhandledInTest", (reason) => {
      unhandled += 1;
      const file = fileOf(runner.currentRunnable);
      failures.push({ file, title: "a rejection that nobody handled", text: format(reason) });
      Mocha.reporters.Base.consoleLog("  a rejection that nobody handled:", reason);
    });
    // On exit, not on the end event: the list of failures is printed in between.
    process.once("exit", () => {
      const lacking = [...(globalThis[Symbol.for("what the tests lack")] ?? [])];
      if (stats.pending > 0 && lacking.length > 0)
        process.stdout.write(`\nskipped for want of: ${lacking.join("; ")}\n`);
      const { passes: passed, pending: skipped } = stats;
      // A run that a test ended by process.exit() has no end of its own.
      const broken = stats.end === undefined;
      if (broken) {
        const test = runner.currentRunnable;
        const title = test?.titlePath().join(" > ") ?? "";
        failures.push({ file: fileOf(test), title, text: "The run ended within it." });
      }
      const failed = stats.failures + unhandled + (broken ? 1 : 0);
      if (failed > 0) process.exitCode ||= 1;
      if (folder === undefined)
        process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
      else
        writeFileSync(
          path.join(folder, `${process.pid}.json`),
          JSON.stringify({ counts: { passed, failed, skipped }, took, failures }),
        );
    });
  }
};
