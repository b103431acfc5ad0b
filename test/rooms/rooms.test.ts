import { expect } from "chai";
import { circles, excesses, roomOf, sizes, sourceLines } from "./rooms.ts";

describe("Rooms of the repository", () => {
  it("are told by the path", () => {
    const paths = {
      "index.ts": "program",
      "components/network/network.ts": "program",
      "app/src/server.ts": "app",
      "app/test/a.test.ts": "tests",
      "app/bench/a.ts": "bench",
      "packages/workbench/src/lib/a.ts": "workbench",
      "packages/workbench/test/a.ts": "tests",
      "packages/workbench/bench/a.ts": "bench",
      "bootstrap/index.ts": "bootstrap",
      "test/run/cli.ts": "tests",
    };
    expect(Object.keys(paths).map(roomOf)).to.deep.equal(Object.values(paths));
  });

  it("are counted by lines that are neither blank nor comment alone", () => {
    const text = [
      "// why",
      "",
      "/** what */",
      "/**",
      " * of two lines",
      " */",
      "const a = 1; // after code",
      "/* before */ const b = 2;",
      "  return `x`;",
      "/* begins",
      "   ends */ const c = 3;",
      'const url = "https://example.com";',
    ].join("\n");
    expect(sourceLines(text)).to.equal(5);
    expect([...sizes(new Map([["index.ts", `${text}\n`]]))]).to.deep.equal([
      ["program", { files: 1, source: 5, all: 12 }],
    ]);
  });

  it("may have so much and no more", () => {
    const lines = (count: number): string => "a;\n".repeat(count);
    const bars = { program: 3500 };
    expect(excesses(new Map([["index.ts", lines(300)]]), bars)).to.deep.equal([]);
    expect(
      excesses(
        new Map([
          ["index.ts", lines(3501)],
          ["app/src/a.ts", lines(3501)],
          ["test/a.test.ts", lines(301)],
        ]),
        bars,
      ),
    ).to.deep.equal([
      "program has 3501 source lines, 1 more than its 3500: take something out, or raise rooms.program in package.json.",
      "index.ts has 3501 lines, more than 300: split it.",
    ]);
  });

  it("have no circle of imports; types may go round", () => {
    const files = (back: string): Map<string, string> =>
      new Map([
        ["config.ts", 'import { b } from "./config/b.ts";\n'],
        ["config/b.ts", 'import {\n  c,\n} from "./c.ts";\nexport const b = c;\n'],
        ["config/c.ts", back],
        ["packages/workbench/src/ecs/index.ts", 'export { x } from "../lib/x.ts";\n'],
        ["packages/workbench/src/lib/x.ts", 'import "@koa-fargate/workbench/ecs";\n'],
      ]);
    const inPackage = [
      "packages/workbench/src/ecs/index.ts",
      "packages/workbench/src/lib/x.ts",
      "packages/workbench/src/ecs/index.ts",
    ];
    expect(circles(files('import type { A } from "../config.ts";\n'))).to.deep.equal([inPackage]);
    expect(circles(files('import { a } from "../config.ts";\n'))).to.deep.equal([
      ["config.ts", "config/b.ts", "config/c.ts", "config.ts"],
      inPackage,
    ]);
  });
});
