import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { StoreUnavailableError } from "../../../app/src/events/service.ts";
import { Circuit } from "../../../app/src/store/circuit.ts";
import { failure } from "./contract.ts";

describe("Circuit", () => {
  const make = (probe: () => Promise<void>): { circuit: Circuit; states: string[] } => {
    const states: string[] = [];
    const circuit = new Circuit({
      probe,
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
});
