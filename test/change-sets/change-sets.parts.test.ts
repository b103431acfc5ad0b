import { expect } from "chai";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { engineIsHere } from "../helpers/parts.ts";
import { commandsOf, optionsOf } from "./page.ts";

const run = promisify(execFile);

describe("docs/change-sets.md, with the Pulumi CLI", function () {
  this.timeout(60_000);
  before(function () {
    if (!engineIsHere()) this.skip();
  });

  for (const command of new Set(commandsOf("pulumi")))
    it(`${command} is a command with these options`, async () => {
      const words = command.split(" ").slice(1);
      const end = words.findIndex((word) => !/^[a-z]+$/.test(word));
      const { stdout } = await run("pulumi", [
        ...words.slice(0, end === -1 ? undefined : end),
        "--help",
      ]);

      expect(stdout).to.include(`pulumi ${words[0] ?? ""}`);
      for (const option of optionsOf(command)) expect(stdout, option).to.include(option);
    });
});
