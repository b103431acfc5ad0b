import { expect } from "chai";
import { ownContainer } from "../../src/ecs/own-container.ts";

describe("ownContainer", () => {
  const app = { name: "app" };
  const log = { name: "log", essential: false };
  const proxy = { name: "proxy", essential: true };

  it("is the one of the name, wherever it stands", () => {
    expect(ownContainer([log, proxy, app], "app")).to.equal(app);
    expect(ownContainer([app, proxy], "proxy")).to.equal(proxy);
  });

  it("is the first essential one where no name is known, or none has it", () => {
    expect(ownContainer([log, app, proxy])).to.equal(app);
    expect(ownContainer([log, proxy, app], "other")).to.equal(proxy);
  });

  it("is none where there is none", () => {
    const none: (typeof app)[] = [];
    expect(ownContainer(none)).to.equal(undefined);
    expect(ownContainer(undefined, "app")).to.equal(undefined);
    expect(ownContainer([log])).to.equal(undefined);
  });
});
