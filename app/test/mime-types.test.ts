import { expect } from "chai";
import { createRequire } from "node:module";

interface MimeTypes {
  charset(type: unknown): string | false;
  contentType(type: unknown): string | false;
  extension(type: unknown): string | false;
  lookup(name: unknown): string | false;
  readonly charsets: object;
  readonly extensions: Readonly<Record<string, readonly string[]>>;
  readonly types: Readonly<Record<string, string>>;
}

const require = createRequire(import.meta.url);
const REAL = require.resolve("mime-types");
const OWN = require.resolve("../src/mime-types.cjs");

describe("mime-types, as the bundle has it", () => {
  const fresh = (): MimeTypes => {
    for (const file of [REAL, OWN]) Reflect.deleteProperty(require.cache, file);
    return require(OWN) as MimeTypes;
  };

  it("answers what the real one answers", () => {
    const real = require(REAL) as MimeTypes;
    const own = fresh();
    const names = ["json", "html", "text", "bin", ".css", "a.tar.gz", "x.nothing", "", undefined];
    const types = ["text/css", "application/problem+json", "image/png; q=1", "none/such"];
    for (const value of [...names, ...types])
      for (const name of ["charset", "contentType", "extension", "lookup"] as const)
        expect(own[name](value), `${name}(${String(value)})`).to.equal(real[name](value));
    expect(own.types).to.deep.equal(real.types);
    expect(own.extensions).to.deep.equal(real.extensions);
  });

  it("has every name that the real one documents", () => {
    const real = Object.keys(require(REAL) as object).filter((name) => !name.startsWith("_"));
    expect(Object.keys(fresh()).sort()).to.deep.equal(real.sort());
  });

  it("makes no table for a body that Koa names itself", () => {
    const own = fresh();
    for (const name of ["json", "html", "text", "bin"]) own.contentType(name);
    expect(require.cache).not.to.have.property(REAL);
    own.contentType("application/problem+json");
    expect(require.cache).to.have.property(REAL);
  });
});
