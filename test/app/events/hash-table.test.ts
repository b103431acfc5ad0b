import { expect } from "chai";
import fc from "fast-check";
import { HashTable } from "../../../app/src/events/hash-table.ts";

/** Hashes of 48 bits, not 0, often near each other or alike in their lower bits. */
const HASH = fc.oneof(
  fc.integer({ min: 1, max: 2 ** 48 - 1 }),
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 40 }).map((upper) => upper * 2 ** 24),
);

const halves = (hash: number): [upper: number, lower: number] => [
  Math.floor(hash / 2 ** 24),
  hash % 2 ** 24,
];

/** One byte in front, then 6 of each hash. */
function bytesOf(hashes: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(1 + hashes.length * 6);
  hashes.forEach((hash, index) => bytes.writeUIntBE(hash, 1 + index * 6, 6));
  return bytes;
}

function content(table: HashTable): number[] {
  const hashes: number[] = [];
  table.forEach((upper, lower) => hashes.push(upper * 2 ** 24 + lower));
  return hashes.sort((a, b) => a - b);
}

describe("HashTable", () => {
  it("holds every hash once, added one by one or as bytes, in a new table or one that is used again", () => {
    const used = new HashTable(64);
    fc.assert(
      fc.property(
        fc.array(HASH, { maxLength: 200 }),
        fc.array(HASH, { maxLength: 200 }),
        fc.integer({ min: 0, max: 300 }),
        (first, second, expected) => {
          const all = [...new Set([...first, ...second])].sort((a, b) => a - b);
          used.reset(expected);
          for (const table of [new HashTable(expected), used]) {
            table.addBytes(bytesOf(first), 1);
            const known = new Set(first);
            for (const hash of second) {
              expect(table.add(...halves(hash))).to.equal(!known.has(hash));
              known.add(hash);
            }
            table.addBytes(bytesOf([...first, ...second]), 1);
            expect(table.size).to.equal(all.length);
            expect(content(table)).to.deep.equal(all);
          }
        },
      ),
    );
  });

  it("grows beyond 65,536 slots, where the place depends on more than the last two bytes", () => {
    const hashes = Array.from({ length: 100_000 }, (_, index) => (index + 1) * 65_537);
    const table = new HashTable();
    table.addBytes(bytesOf(hashes), 1);
    for (const hash of hashes) table.add(...halves(hash));
    expect(table.size).to.equal(100_000);
  });
});
