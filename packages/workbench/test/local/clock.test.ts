import { expect } from "chai";
import { createClock } from "../../src/local/clock.ts";

describe("clock of the local run", () => {
  it("compresses waits by its factor", async () => {
    const clock = createClock(100);

    const startedAt = performance.now();
    await clock.sleep(5000);

    const real = performance.now() - startedAt;
    expect(real).to.be.within(49, 4900);
    expect(clock.now()).to.be.within(4900, (performance.now() - startedAt + 50) * 100);
  });

  it("ends a wait when it is aborted", async () => {
    const abort = new AbortController();
    const sleep = createClock().sleep(60_000, abort.signal);

    abort.abort();
    await sleep;
  });

  it("grants real work a second whatever the factor, or all it has", () => {
    const clock = createClock(60);

    expect([90_000, 5000, 400].map((ms) => clock.patience(ms))).to.deep.equal([1500, 1000, 400]);
    expect(createClock().patience(5000)).to.equal(5000);
  });

  it("refuses a factor that stops time", () => {
    expect(() => createClock(0)).to.throw(RangeError, /^time factor is 0, but must be above 0\.$/);
  });
});
