import { expect } from "chai";
import { IS_TEMPLATE } from "../fork/changes.ts";
import { Copy } from "../helpers/copy.ts";
import { follow, recipesOf } from "./follow.ts";

const RECIPES = recipesOf("recipes.md");
const SERVICES = recipesOf("services.md");

describe("What a page says, followed in a copy:", function () {
  let copy: Copy;

  beforeEach(function () {
    if (!IS_TEMPLATE) this.skip();
    copy = new Copy("linked");
  });
  afterEach(() => {
    // Unset where the tests were skipped.
    (copy as Copy | undefined)?.remove();
  });

  describe("docs/recipes.md", () => {
    it("has recipes, each with what the plan shows or what is to be run", () => {
      expect(RECIPES.length).to.be.at.least(10);
      for (const { title, steps } of RECIPES)
        expect(
          steps.filter(({ kind }) => kind === "has" || kind === "run"),
          title,
        ).not.to.deep.equal([]);
    });

    for (const recipe of RECIPES) it(recipe.title, () => follow(copy, recipe));
  });

  describe("docs/services.md", () => {
    const [beginning, ...sections] = SERVICES;

    it("an example in place of services.ts", async () => {
      if (beginning === undefined) throw new Error("the page begins with a heading");
      await follow(copy, beginning);
    });

    // Each builds on those before.
    for (const [index, section] of sections.entries())
      it(section.title, () => follow(copy, section, sections.slice(0, index)));
  });
});
