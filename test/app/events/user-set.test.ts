import { expect } from "chai";
import fc from "fast-check";
import { hashUser } from "../../../app/src/events/user-hash.ts";
import {
  countUnion,
  EXACT_LIMIT,
  sizeByLength,
  UNION_LIMIT,
  UserSet,
} from "../../../app/src/events/user-set.ts";

function setOf(users: Iterable<number>): UserSet {
  const set = new UserSet();
  for (const user of users) set.add(hashUser(`user-${String(user)}`));
  return set;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

describe("hashUser", () => {
  it("gives the first 48 bits of SHA-256, which must never change: stored sets hold them", () => {
    expect(hashUser("user-1")).to.equal(0xc6c289e49e9c);
    expect(hashUser("Zoë")).to.equal(0xc6a12698582f);
  });
});

describe("UserSet", () => {
  it("counts exactly up to its limit, tells what was new, and estimates one more", () => {
    const set = setOf(range(0, EXACT_LIMIT));
    expect(set.count()).to.deep.equal({ users: EXACT_LIMIT, exact: true });
    expect(set.add(hashUser("user-5"))).to.equal(false);
    expect(set.count().exact).to.equal(true);

    expect(set.add(hashUser("another"))).to.equal(true);
    expect(set.count().exact).to.equal(false);
    expect(set.count().users).to.be.within(EXACT_LIMIT * 0.95, EXACT_LIMIT * 1.05);
  });

  it("keeps its content through encoding, in 1 byte and 6 for each user, or 4,097", () => {
    for (const [size, bytes] of [
      [0, 1],
      [1, 7],
      [1000, 6001],
      [5000, 4097],
    ] as const) {
      const set = setOf(range(0, size));
      const encoded = set.encode();
      expect(encoded).to.have.length(bytes);
      expect(UserSet.decode(encoded).count()).to.deep.equal(set.count());
      expect(UserSet.decode(encoded).addEncoded(encoded)).to.equal(false);
    }
  });

  it("tells its size by its length, unless it is a sketch", () => {
    for (const [size, known] of [
      [0, 0],
      [1, 1],
      [EXACT_LIMIT, EXACT_LIMIT],
      [EXACT_LIMIT + 1, undefined],
    ] as const)
      expect(sizeByLength(setOf(range(0, size)).encode().length)).to.equal(known);
  });

  it("refuses bytes that are no set", () => {
    for (const bytes of [[], [1, 2], [2], [3, 0, 0, 0, 0, 0, 0], Array<number>(4096).fill(2)]) {
      const set = Uint8Array.from(bytes);
      const refusal = `A set of users of ${String(bytes.length)} bytes cannot be read.`;
      expect(() => UserSet.decode(set)).to.throw(refusal);
      for (const size of [1, EXACT_LIMIT + 1])
        expect(() => countUnion([setOf(range(0, size)).encode(), set])).to.throw(refusal);
    }
  });

  it("does not depend on the order or the grouping of what is added", () => {
    const users = fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 60 });
    fc.assert(
      fc.property(
        fc.array(users, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 1200 }),
        (groups, more) => {
          const all = [...groups.flat(), ...range(5000, 5000 + more)];
          const once = setOf(all);
          const merged = new UserSet();
          for (const group of [range(5000, 5000 + more), ...groups].reverse())
            merged.addEncoded(setOf(group).encode());
          expect(merged.count()).to.deep.equal(once.count());
          if (!once.count().exact) expect(merged.encode()).to.deep.equal(once.encode());
          else expect(once.count().users).to.equal(new Set(all).size);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("estimates from a thousand to a million within the stated error", () => {
    // 40 sets: their mean square error has a standard error of its own of 11 %.
    const set = new UserSet();
    const errors: number[] = [];
    let added = 0;
    for (let step = 1; step <= 40; step++) {
      const size = Math.round(1100 * 1.16 ** step);
      for (; added < size; added++) set.add(hashUser(`sample-${String(added)}`));
      errors.push(set.count().users / size - 1);
    }
    const rms = Math.sqrt(errors.reduce((sum, error) => sum + error ** 2, 0) / errors.length);
    expect(added).to.be.greaterThan(400_000);
    expect(rms).to.be.below(0.025);
    expect(Math.max(...errors.map(Math.abs))).to.be.below(0.048);
  }).timeout(60_000);
});

describe("countUnion", () => {
  it("is exact for exact sets, however they overlap", () => {
    const parts = [range(0, 900), range(500, 1500), range(100, 200)].map((users) =>
      setOf(users).encode(),
    );
    expect(countUnion(parts)).to.deep.equal({ users: 1500, exact: true });
    expect(countUnion([])).to.deep.equal({ users: 0, exact: true });
    expect(countUnion([new UserSet().encode()])).to.deep.equal({ users: 0, exact: true });
  });

  it("is an estimate as soon as one set is, the same as that of the merged set", () => {
    const parts = [setOf(range(0, 900)), setOf(range(800, 3000)), setOf(range(2900, 4000))].map(
      (set) => set.encode(),
    );
    const merged = new UserSet();
    for (const part of parts) merged.addEncoded(part);
    expect(countUnion(parts)).to.deep.equal(merged.count());
    expect(countUnion(parts).exact).to.equal(false);
  });

  it("is exact up to its limit, and an estimate beyond", () => {
    const parts = (users: number): Uint8Array[] =>
      range(0, Math.ceil(users / 1000)).map((part) =>
        setOf(range(part * 1000, Math.min(users, part * 1000 + 1000))).encode(),
      );
    expect(countUnion(parts(UNION_LIMIT))).to.deep.equal({ users: UNION_LIMIT, exact: true });
    const { users, exact } = countUnion(parts(UNION_LIMIT + 1));
    expect(exact).to.equal(false);
    expect(users).to.be.within(UNION_LIMIT * 0.952, UNION_LIMIT * 1.048);
  });
});
