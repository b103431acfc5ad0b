const SPLIT = 2 ** 24;

/** Set of 48-bit hashes: open addressing with linear probing, three times smaller and faster than `Set<number>`. */
export class HashTable {
  /** 0 marks a free slot. */
  #slots: Float64Array;
  #size = 0;

  /** `expected`: hashes that fit before the table grows. */
  constructor(expected = 4) {
    this.#slots = new Float64Array(2 ** Math.ceil(Math.log2(Math.max(4, expected) * 2)));
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a hash (not 0), given as its upper and lower 24 bits; tells whether it was new. */
  add(upper: number, lower: number): boolean {
    const hash = upper * SPLIT + lower;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = lower & mask;
    for (let found = slots[slot]; found !== 0; found = slots[slot]) {
      if (found === hash) return false;
      slot = (slot + 1) & mask;
    }
    slots[slot] = hash;
    this.#size++;
    if (this.#size * 2 > slots.length) this.#grow();
    return true;
  }

  forEach(visit: (upper: number, lower: number) => void): void {
    for (const hash of this.#slots) {
      if (hash === 0) continue;
      const upper = Math.floor(hash / SPLIT);
      visit(upper, hash - upper * SPLIT);
    }
  }

  #grow(): void {
    const larger = new HashTable(this.#slots.length);
    this.forEach((upper, lower) => larger.add(upper, lower));
    this.#slots = larger.#slots;
  }
}
