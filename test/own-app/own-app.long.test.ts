import { expect } from "chai";
import { nativeHeaders, type Copy } from "../helpers/copy.ts";
import { fastifyCopy } from "./fastify.ts";
import { nativeCopy } from "./native.ts";

interface Replacement {
  readonly title: string;
  /** Undefined where this machine cannot make it. */
  readonly make: () => Copy | undefined;
}

const REPLACEMENTS: readonly Replacement[] = [
  { title: "a Fastify service", make: fastifyCopy },
  {
    title: "a service with a native addon and a Dockerfile of its own",
    make: () => {
      const headers = nativeHeaders();
      if (headers === undefined) return undefined;
      const copy = nativeCopy(headers);
      for (const stack of ["dev", "prod"]) copy.configure(stack, { build: "dockerfile" });
      return copy;
    },
  },
];

for (const { title, make } of REPLACEMENTS) {
  describe(`The whole repository with ${title} in place of app/`, function () {
    this.timeout(1_800_000);
    let copy: Copy;

    before(function () {
      const made = make();
      if (made === undefined) this.skip();
      copy = made;
      expect(copy.run("npm", "run", "--silent", "postinstall")).to.include({ code: 0 });
      // As its owner does; and some tests ask git which files there are.
      expect(copy.run("npm", "run", "--silent", "docs")).to.include({ code: 0 });
      copy.run("git", "init", "--quiet");
      // A link, which the line node_modules/ of .gitignore does not cover.
      copy.write(".git/info/exclude", "node_modules\n");
    });
    after(() => {
      copy.remove();
    });

    it("passes npm run check", () => {
      const { code, text } = copy.run("npm", "run", "--silent", "check");
      expect(code, text).to.equal(0);
    });

    it("passes npm test, the service's own tests included", () => {
      // What makes copies itself is left out.
      copy.erase("test/own-app");
      const { code, text } = copy.run("npm", "test", "--silent");
      expect(code, text.slice(-20_000)).to.equal(0);
      // What its children wrote to stderr may follow.
      const closing = text.match(/^\d+ passed, \d+ failed, \d+ skipped$/gm)?.at(-1);
      expect(closing).to.match(/^\d+ passed, 0 failed, \d+ skipped$/);
      // As Node's runner counts the service's own.
      expect(text).to.match(/^[ℹ#] pass 1$/m);
    });
  });
}
