import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { StoreUnavailableError } from "../../../app/src/events/service.ts";
import { Circuit } from "../../../app/src/store/circuit.ts";
import { failure } from "./contract.ts";

describe("Circuit", () => {
  const make = (
    probe: () => Promise<void>,
    confirm = false,
  ): { circuit: Circuit; states: string[] } => {
    const states: string[] = [];
    const circuit = new Circuit({
      probe,
      confirm,
      probeInterval: 10,
      onChange: (state) => states.push(state),
    });
    return { circuit, states };
  };
  const fail = (circuit: Circuit, message: string): Promise<unknown> =>
    failure(circuit.run(() => Promise.reject(new Error(message))));

  it("is degraded after one failure, and closed by one success", async () => {
    const { circuit, states } = make(() => expect.fail());
    const error = await fail(circuit, "slow");
    expect(error).to.be.instanceOf(StoreUnavailableError);
    expect(error).to.include({
      message: "The store did not take the call: slow",
      retryAfterSeconds: 1,
    });
    expect([circuit.state, circuit.reason]).to.deep.equal(["degraded", "slow"]);

    expect(await circuit.run(() => Promise.resolve(5))).to.equal(5);
    expect([circuit.state, circuit.reason]).to.deep.equal(["ok", undefined]);
    expect(states).to.deep.equal(["degraded", "ok"]);
  });

  it("refuses calls after two failures in a row, until a probe succeeds", async () => {
    let probes = 0;
    const { circuit, states } = make(() =>
      ++probes < 3 ? Promise.reject(new Error("still gone")) : Promise.resolve(),
    );
    await fail(circuit, "gone");
    await fail(circuit, "gone");
    expect(circuit.state).to.equal("down");
    let called = false;
    const refusal = await failure(
      circuit.run(() => {
        called = true;
        return Promise.resolve();
      }),
    );
    expect(refusal).to.include({
      name: "StoreUnavailableError",
      message: "The store is down: gone",
    });
    expect(called).to.equal(false);

    while (circuit.state === "down") await sleep(5);
    expect(probes).to.equal(3);
    expect(states).to.deep.equal(["degraded", "down", "ok"]);
    expect(circuit.reason).to.equal(undefined);
  });

  it("is not closed by a call that began before it opened", async () => {
    const { circuit } = make(() => Promise.reject(new Error("gone")));
    let finish = (): void => undefined;
    const early = circuit.run(() => new Promise<void>((resolve) => (finish = resolve)));
    await fail(circuit, "gone");
    await fail(circuit, "gone");
    finish();
    await early;
    expect(circuit.state).to.equal("down");
    circuit.close();
  });

  it("probes no more once it is let go", async () => {
    let probes = 0;
    const { circuit } = make(() => {
      probes++;
      return Promise.reject(new Error("gone"));
    });
    await fail(circuit, "gone");
    await fail(circuit, "gone");
    circuit.close();
    await sleep(40);
    expect(probes).to.equal(0);
  });

  it("opens at once when told so, and closes by its own probe", async () => {
    const { circuit, states } = make(() => Promise.resolve());
    circuit.open(new Error("unreachable"));
    expect([circuit.state, circuit.reason]).to.deep.equal(["down", "unreachable"]);
    while (circuit.state === "down") await sleep(5);
    expect(states).to.deep.equal(["down", "ok"]);
  });

  describe("that confirms", () => {
    it("stays degraded when the probe succeeds, and asks again after as many failures", async () => {
      let probes = 0;
      const { circuit, states } = make(() => {
        probes++;
        return Promise.resolve();
      }, true);
      for (let call = 1; call <= 5; call++) {
        await fail(circuit, `slow ${String(call)}`);
        await sleep(1);
        expect(probes).to.equal(Math.floor(call / 2));
      }
      expect([circuit.state, circuit.reason]).to.deep.equal(["degraded", "slow 5"]);
      await circuit.run(() => Promise.resolve());
      expect(states).to.deep.equal(["degraded", "ok"]);
    });

    it("opens when the probe fails, with what the probe said", async () => {
      const { circuit, states } = make(() => Promise.reject(new Error("gone")), true);
      await fail(circuit, "slow");
      await fail(circuit, "slow");
      while (circuit.state !== "down") await sleep(1);
      expect([states, circuit.reason]).to.deep.equal([["degraded", "down"], "gone"]);
      circuit.close();
    });

    it("takes the word of a call that succeeded while it asked", async () => {
      let give = (): void => undefined;
      const asked = new Promise<void>((_, reject) => {
        give = () => {
          reject(new Error("gone"));
        };
      });
      const { circuit } = make(() => asked, true);
      await fail(circuit, "slow");
      await fail(circuit, "slow");
      await circuit.run(() => Promise.resolve());
      give();
      await sleep(1);
      expect(circuit.state).to.equal("ok");
    });
  });
});
