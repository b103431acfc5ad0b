import { expect } from "chai";
import { KIND_BY_KEY, SECTIONS } from "../../../../../config/keys.ts";
import { integer, key, list, text } from "../../../../../config/kinds.ts";
import { configurationPage } from "../../../../../config/reference.ts";
import { runCommand } from "../../../src/lib/command.ts";
import { misplaced, placeOf } from "../../../src/pipeline/delivery/placed.ts";
import { configuredPages, plannedPages, stale } from "../../../src/pipeline/docs/pages.ts";
import {
  documentedProperties,
  outputsTable,
  replaceBetween,
} from "../../../src/pipeline/docs/readme.ts";
import { planOf } from "../../../../../test/stacks/helpers/plans.ts";

describe("generated pages", () => {
  it("say what they have to: else run npm run docs", async () => {
    const root = process.cwd();
    const all = [...(await configuredPages(root)), ...(await plannedPages(root))];

    expect(all.map(({ path }) => path)).to.deep.equal([
      "Pulumi.yaml",
      "docs/configuration.md",
      "README.md",
      "docs/architecture.md",
      "docs/cost.md",
    ]);
    for (const { path, content, current } of all) expect(current, path).to.equal(content);
    expect(misplaced(await placeOf(runCommand, root), root)).to.deep.equal([]);
  });

  it("a changed or missing page is stale", () => {
    const page = (path: string, current: string | undefined) => ({ path, content: "a", current });
    const all = [page("same.md", "a"), page("changed.md", "b"), page("missing.md", undefined)];

    expect(stale(all).map(({ path }) => path)).to.deep.equal(["changed.md", "missing.md"]);
  });
});

describe("configurationPage", () => {
  const stacks = new Map([
    ["dev", new Map<string, unknown>()],
    [
      "prod",
      new Map<string, unknown>([
        ["p:vpcId", "<your VPC>"],
        ["p:taskCpu", 512],
      ]),
    ],
  ]);
  const page = configurationPage({ project: "p", file: "", stacks });

  it("has a section for each component, and a row for each key", () => {
    const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    const rows = [...page.matchAll(/^\| `(\w+)`<br>/gm)].map(([, key]) => key);

    expect(headings).to.deep.equal([
      "Account",
      "App",
      "Registry",
      "Network",
      "Edge",
      "Load balancer",
      "Service",
      "Services",
      "Deployment",
      "Storage",
      "Security",
      "Observability",
    ]);
    expect(headings).to.have.length(Object.keys(SECTIONS).length);
    expect(rows).to.deep.equal([...KIND_BY_KEY.keys()]);
  });

  it("a row tells description, type, what is allowed, default and what each stack sets", () => {
    const kinds = {
      vpcId: key(text("the id of a VPC", /^vpc-/, true), "", "A VPC, a|b or <c> `<d>`."),
      taskCpu: key(integer(256, 16384), 256, "CPU units."),
      egressPorts: key(list("TCP ports", /^\d+$/), ["443"], "Ports."),
    };
    const rows = configurationPage({ project: "p", file: "", stacks }, { network: kinds })
      .split("\n")
      .filter((line) => line.startsWith("| `"));

    expect(rows).to.deep.equal([
      "| `vpcId`<br>A VPC, a\\|b or &lt;c> `<d>`. | string: empty, or the id of a VPC | (empty) |  | `<your VPC>` |",
      "| `taskCpu`<br>CPU units. | integer: 256 to 16384 | `256` |  | `512` |",
      '| `egressPorts`<br>Ports. | array: a list of TCP ports | `["443"]` |  |  |',
    ]);
  });

  it("columns are the stacks that there are", () => {
    expect(page).to.include("| Key | Type and what it allows | Default | dev | prod |\n");
  });
});

describe("documentedProperties", () => {
  const source = `
    export interface Other { /** Not this. */ a: string }
    /** Outputs. */
    export interface Outputs {
      /** One line. */
      a: pulumi.Output<string>;
      /**
       * Two
       * lines.
       */
      readonly b?: string;
    }`;

  it("reads names and doc comments in order", () => {
    expect(documentedProperties(source, "Outputs")).to.deep.equal([
      { name: "a", description: "One line." },
      { name: "b", description: "Two lines." },
    ]);
  });

  it("refuses a property without doc line", () => {
    expect(() => documentedProperties("interface A { b: string }", "A")).to.throw(
      "A.b has no doc line. Add one.",
    );
  });

  it("refuses a source without the interface", () => {
    expect(() => documentedProperties(source, "Inputs")).to.throw("There is no interface Inputs.");
  });

  it("outputs of the program are the documented ones", async () => {
    const { readFile } = await import("node:fs/promises");
    const documented = documentedProperties(await readFile("outputs.ts", "utf8"), "StackOutputs");
    // With a domain of its own and a health check, a stack has every output but those of further services and of CloudFront.
    const { outputs } = await planOf("dev", {
      domainName: "api.example.com",
      createHostedZone: true,
      hostedZone: "example.com",
      routing: "failover",
      awakeHours: "always",
    });

    expect(documented.map(({ name }) => name).sort()).to.deep.equal(
      [...Object.keys(outputs), "distributionDnsName", "services"].sort(),
    );
  });

  it("makes a table", () => {
    expect(outputsTable([{ name: "url", description: "a|b" }])).to.equal(
      "| Output | What it is |\n| --- | --- |\n| `url` | a\\|b |",
    );
  });
});

describe("replaceBetween", () => {
  it("replaces what stands between the markers, and nothing else", () => {
    const text = "a\n<!-- x -->old\n<!-- /x -->\nb <!-- y -->";

    expect(replaceBetween(text, "P.md", "x", "\nnew\n")).to.equal(
      "a\n<!-- x -->\n\nnew\n\n<!-- /x -->\nb <!-- y -->",
    );
  });

  it("is the same a second time", () => {
    const once = replaceBetween("<!-- x --><!-- /x -->", "P.md", "x", "new");

    expect(replaceBetween(once, "P.md", "x", "new")).to.equal(once);
  });

  for (const text of ["", "<!-- x -->", "<!-- /x -->", "<!-- /x --><!-- x -->"]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => replaceBetween(text, "P.md", "x", "new")).to.throw(
        "P.md lacks the markers <!-- x --> and <!-- /x -->. Put both where the text goes.",
      );
    });
  }
});
