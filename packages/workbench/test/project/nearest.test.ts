import { expect } from "chai";
import fc from "fast-check";
import { editDistance, nearest } from "../../src/project/nearest.ts";

const word = fc.string({ maxLength: 12 });

describe("editDistance", () => {
  const rows: [string, string, number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["abc", "abc", 0],
    ["abc", "abd", 1],
    ["abc", "ab", 1],
    ["abc", "xabc", 1],
    ["abcd", "abdc", 1],
    ["desiredCuont", "desiredCount", 1],
    ["kitten", "sitting", 3],
    // A transposed pair may not be edited again: the unrestricted distance would be 2.
    ["ca", "abc", 3],
  ];
  for (const [a, b, distance] of rows) {
    it(`${JSON.stringify(a)} to ${JSON.stringify(b)} is ${distance}`, () => {
      expect(editDistance(a, b)).to.equal(distance);
    });
  }

  it("is symmetric, zero for equal words alone, and between the difference of lengths and the longer word", () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        const distance = editDistance(a, b);

        expect(editDistance(b, a)).to.equal(distance);
        expect(distance === 0).to.equal(a === b);
        expect(distance).to.be.within(Math.abs(a.length - b.length), Math.max(a.length, b.length));
      }),
    );
  });

  it("one edit of any kind is a distance of at most one", () => {
    fc.assert(
      fc.property(word, fc.nat(11), fc.string({ minLength: 1, maxLength: 1 }), (a, at, letter) => {
        const head = a.slice(0, at);
        const tail = a.slice(at);
        const edits = [
          head + letter + tail,
          head + tail.slice(1),
          head + letter + tail.slice(1),
          head + tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2),
        ];

        for (const edited of edits) expect(editDistance(a, edited)).to.be.at.most(1);
      }),
    );
  });
});

describe("nearest", () => {
  const names = ["desiredCount", "minCapacity", "maxCapacity", "tls", "image"];
  const rows: [string, string | undefined][] = [
    ["desiredCuont", "desiredCount"],
    ["desired", undefined],
    ["DESIREDCOUNT", "desiredCount"],
    ["mincapacity", "minCapacity"],
    ["maxCapcity", "maxCapacity"],
    ["tsl", "tls"],
    ["tl", "tls"],
    ["imag", "image"],
    ["replicas", undefined],
    ["", undefined],
  ];
  for (const [misspelt, expected] of rows) {
    it(`${JSON.stringify(misspelt)} means ${expected ?? "none of them"}`, () => {
      expect(nearest(misspelt, names)).to.equal(expected);
    });
  }

  it("no names have no nearest", () => {
    expect(nearest("tls", [])).to.equal(undefined);
  });

  it("the answer is a name, and no other is nearer", () => {
    fc.assert(
      fc.property(word, fc.array(word), (misspelt, candidates) => {
        const found = nearest(misspelt, candidates);
        const distance = (name: string): number =>
          editDistance(misspelt.toLowerCase(), name.toLowerCase());
        const least = Math.min(...candidates.map(distance));

        if (found === undefined)
          expect(least).to.be.above(Math.max(1, Math.floor(misspelt.length / 3)));
        else expect([candidates.includes(found), distance(found)]).to.deep.equal([true, least]);
      }),
    );
  });
});
