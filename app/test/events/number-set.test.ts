import { expect } from "chai";
import fc from "fast-check";
import { NumberSet, PIECE_BITS, PIECE_BYTES } from "../../src/events/number-set.ts";

/** Numbers near the borders of bytes and pieces, and any. */
const numbers = fc.array(
  fc.oneof(
    fc.nat({ max: 40_000 }),
    fc.constantFrom(0, 7, 8, 4095, 4096, 8191, 8192, 1_000_000),
    fc.nat({ max: 12 }),
  ),
  { maxLength: 200 },
);

function pieceOf(piece: number, members: Iterable<number>): Uint8Array {
  const bits = new Uint8Array(PIECE_BYTES);
  for (const number of members) {
    const bit = number - piece * PIECE_BITS;
    bits[bit >> 3] = (bits[bit >> 3] ?? 0) | (1 << (bit & 7));
  }
  return bits;
}

describe("NumberSet", () => {
  it("counts every number once, added one by one or as pieces", () => {
    const property = fc.property(numbers, numbers, (single, inPieces) => {
      const set = new NumberSet();
      const pieces = Map.groupBy(inPieces, (number) => Math.floor(number / PIECE_BITS));
      for (const number of single) set.add(number);
      for (const [piece, members] of pieces) set.addPiece(piece, pieceOf(piece, members));
      expect(set.size).to.equal(new Set([...single, ...inPieces]).size);
    });
    fc.assert(property);
  });

  it("keeps pieces of 4096 numbers, as stored rows have them", () => {
    expect([PIECE_BITS, PIECE_BYTES]).to.deep.equal([4096, 512]);
    const full = new Uint8Array(PIECE_BYTES).fill(255);
    expect(new NumberSet().addPiece(2, full).add(4095).add(12_288).size).to.equal(4098);
  });
});
