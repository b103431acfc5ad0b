"use strict";
// The spec reporter, closed by one plain line that scripts can read: `N passed, N failed, N skipped`.
const Mocha = require("mocha");

module.exports = class Reporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const { stats } = this;
    // On exit, not on the end event: the list of failures is printed in between.
    process.once("exit", () => {
      process.stdout.write(
        `\n${String(stats.passes)} passed, ${String(stats.failures)} failed, ${String(stats.pending)} skipped\n`,
      );
    });
  }
};
