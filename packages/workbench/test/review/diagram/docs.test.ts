import { expect } from "chai";
import { architecturePage, withDiagram } from "../../../src/review/diagram/docs.ts";

describe("docs/architecture.md", () => {
  it("shows what the program makes: else run npm run docs", async () => {
    const { path, content, current } = await architecturePage();
    expect(path).to.equal("docs/architecture.md");
    expect(current).to.equal(content);
  });

  it("the diagram goes between the markers, and nowhere else", () => {
    const text = "a\n\n<!-- diagram -->\n\nold\n\n<!-- /diagram -->\n\nb\n";
    expect(withDiagram(text, "new")).to.equal(
      "a\n\n<!-- diagram -->\n\n```mermaid\nnew\n```\n\n<!-- /diagram -->\n\nb\n",
    );
    expect(() => withDiagram("a", "new")).to.throw(
      "docs/architecture.md lacks the markers <!-- diagram --> and <!-- /diagram -->. Put both where the diagram goes.",
    );
  });
});
