import { expect } from "chai";
import { run } from "../../helpers/local-base.ts";
import { FILES, SENT } from "./helpers/context.ts";
import { Folders } from "./helpers/folder.ts";
import { dockerIsHere } from "../../helpers/parts.ts";

describe("dockerContext, beside Docker", () => {
  const folders = new Folders();
  afterEach(() => {
    folders.remove();
  });

  it("is what Docker itself sends", function () {
    if (!dockerIsHere()) this.skip();
    const image = "koa-fargate-context-test";
    const folder = folders.make(FILES);
    run("docker", ["build", "--quiet", "--tag", image, folder]);
    const id = run("docker", ["create", image, "none"]).trim();
    try {
      const listed = run("sh", ["-c", `docker export ${id} | tar -t`]).split("\n");
      const made = /^(dev|etc|proc|sys|\.dockerenv)(\/|$)/;
      expect(
        listed.filter((name) => !/\/$|^$/.test(name) && !made.test(name)).sort(),
      ).to.deep.equal(SENT);
    } finally {
      run("docker", ["rm", id]);
      run("docker", ["rmi", image]);
    }
  });
});
