import { expect } from "chai";
import { Copy } from "../helpers/copy.ts";
import { CHANGES, IS_TEMPLATE } from "./changes.ts";

describe("A fork stays green after", function () {
  this.timeout(3_600_000);
  let copy: Copy;

  beforeEach(function () {
    if (!IS_TEMPLATE) this.skip();
    copy = new Copy();
    copy.commit();
  });
  afterEach(() => {
    // Unset where the tests were skipped.
    (copy as Copy | undefined)?.remove();
  });

  for (const { name, make } of CHANGES)
    it(name, () => {
      make(copy);
      // The one command that rewrites what is generated.
      const docs = copy.run("npm", "run", "--silent", "docs");
      expect(docs.code, docs.text).to.equal(0);

      const plan = copy.run("npm", "run", "--silent", "plan", "--", "dev", "--against", "HEAD");
      expect(plan.code, plan.text).to.equal(0);
      const check = copy.run("npm", "run", "--silent", "check");
      expect(check.code, check.text).to.equal(0);
      // What makes copies itself is left out.
      for (const folder of ["test/own-app", "test/fork", "test/recipes"]) copy.erase(folder);
      const tests = copy.run("npm", "test", "--silent");
      expect(tests.code, tests.text.slice(-20_000)).to.equal(0);
    });
});
