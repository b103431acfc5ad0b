import { expect } from "chai";
import fc from "fast-check";
import {
  mergeRegisters,
  raise,
  raiseBytes,
  REGISTERS,
  uniteRegisters,
} from "../../../app/src/events/hyperloglog.ts";

describe("HyperLogLog registers", () => {
  it("are raised by bytes as by each hash", () => {
    const hash = fc.oneof(
      fc.integer({ min: 0, max: 2 ** 48 - 1 }),
      // Few bits set: the ranks at the end.
      fc.integer({ min: 0, max: 2 ** 26 }),
      fc.integer({ min: 0, max: 2 ** 13 }),
    );
    fc.assert(
      fc.property(fc.array(hash, { maxLength: 300 }), (hashes) => {
        const bytes = Buffer.alloc(3 + hashes.length * 6);
        hashes.forEach((value, index) => bytes.writeUIntBE(value, 3 + index * 6, 6));
        const [one, all] = [new Uint8Array(REGISTERS), new Uint8Array(REGISTERS)];
        for (const value of hashes) raise(one, Math.floor(value / 2 ** 24), value % 2 ** 24);
        raiseBytes(all, bytes, 3);
        expect(all).to.deep.equal(one);
      }),
    );
  });

  it("are united four at a time as one by one, wherever the other sketch lies in memory", () => {
    const values = fc
      .array(fc.integer({ min: 0, max: 37 }), { minLength: 61, maxLength: 61 })
      .map((some) => Uint8Array.from({ length: REGISTERS }, (_, at) => some[at % 61] ?? 0));
    fc.assert(
      fc.property(values, values, fc.integer({ min: 0, max: 3 }), (own, other, offset) => {
        const expected = own.slice();
        mergeRegisters(expected, other);
        const memory = new Uint8Array(offset + REGISTERS);
        memory.set(other, offset);
        const united = own.slice();
        uniteRegisters(new Uint32Array(united.buffer), memory.subarray(offset));
        expect(united).to.deep.equal(expected);
      }),
    );
  });
});
