import { expect } from "chai";
import { Copy } from "../helpers/copy.ts";
import { CHANGES, IS_TEMPLATE, type Change } from "./changes.ts";

describe("A fork stays green after", function () {
  this.timeout(3_600_000);
  let copy: Copy;

  beforeEach(function () {
    if (!IS_TEMPLATE) this.skip();
    copy = new Copy("copied");
    copy.commit();
  });
  afterEach(() => {
    // Unset where the tests were skipped.
    (copy as Copy | undefined)?.remove();
  });

  const npm = (script: string, ...args: string[]): void => {
    const { code, text } = copy.run("npm", "run", "--silent", script, "--", ...args);
    expect(code, `npm run ${script}: ${text.slice(-20_000)}`).to.equal(0);
  };

  const all: Change = {
    name: "all of that, one after the other",
    make(copy) {
      for (const { make } of CHANGES) make(copy);
    },
  };

  for (const { name, make } of [...CHANGES, all])
    it(name, () => {
      make(copy);
      // The one command that rewrites what is generated.
      npm("docs");
      copy.commit();
      for (const stack of ["dev", "prod"]) npm("plan", stack, "--against", "HEAD~1");
      npm("check");
      // What makes copies itself is left out.
      for (const folder of ["test/own-app", "test/fork", "test/recipes"]) copy.erase(folder);
      // Some tests copy what git has.
      copy.commit();
      npm("test");
    });
});
