/** Set of 48-bit hashes: open addressing with linear probing, three times smaller and faster than `Set<number>`. */
export class HashTable {
  /** Two numbers a slot: the upper 32 bits of a hash, then its lower 16 bits with `TAKEN`; 0 marks a free slot. */
  #slots: Int32Array<ArrayBuffer>;
  #size = 0;

  /** `expected`: hashes that fit before the table grows. */
  constructor(expected = 4) {
    this.#slots = new Int32Array(2 * slotsFor(expected));
  }

  /** Empties the table and keeps its memory, of which it uses no more than `expected` hashes need. */
  reset(expected: number): void {
    const { buffer } = this.#slots;
    const length = 2 * slotsFor(expected);
    this.#slots =
      length * Int32Array.BYTES_PER_ELEMENT > buffer.byteLength
        ? new Int32Array(length)
        : new Int32Array(buffer, 0, length).fill(0);
    this.#size = 0;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds a hash, given as its upper and lower 24 bits; tells whether it was new. */
  add(upper: number, lower: number): boolean {
    return this.#add((upper << 8) | (lower >>> 16), (lower & 0xffff) | TAKEN);
  }

  /**
   * Adds the hashes that bytes from an offset on hold, 6 bytes each (big-endian). Written out, without a call for each
   * hash: a report adds up to a million.
   */
  addBytes(bytes: Uint8Array, offset: number): void {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    let slots = this.#slots;
    let last = slots.length - 1;
    for (let at = offset; at < bytes.length; at += 6) {
      const high = view.getInt32(at);
      const low = view.getUint16(at + 4) | TAKEN;
      let slot = slotOf(high, low) & last;
      let found = slots[slot + 1];
      while (found !== 0 && (found !== low || slots[slot] !== high)) {
        slot = (slot + 2) & last;
        found = slots[slot + 1];
      }
      if (found !== 0) continue;
      slots[slot] = high;
      slots[slot + 1] = low;
      this.#size++;
      if (this.#size * 4 <= slots.length) continue;
      this.#grow();
      slots = this.#slots;
      last = slots.length - 1;
    }
  }

  /** Visits every hash as its upper and lower 24 bits. */
  forEach(visit: (upper: number, lower: number) => void): void {
    this.#forEach((high, low) => {
      visit(high >>> 8, ((high & 0xff) << 16) | (low & 0xffff));
    });
  }

  #add(high: number, low: number): boolean {
    const slots = this.#slots;
    const last = slots.length - 1;
    let slot = slotOf(high, low) & last;
    for (let found = slots[slot + 1]; found !== 0; found = slots[slot + 1]) {
      if (found === low && slots[slot] === high) return false;
      slot = (slot + 2) & last;
    }
    slots[slot] = high;
    slots[slot + 1] = low;
    this.#size++;
    if (this.#size * 4 > slots.length) this.#grow();
    return true;
  }

  #forEach(visit: (high: number, low: number) => void): void {
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += 2) {
      const low = slots[slot + 1] ?? 0;
      if (low !== 0) visit(slots[slot] ?? 0, low);
    }
  }

  #grow(): void {
    const larger = new HashTable(this.#slots.length / 2);
    this.#forEach((high, low) => larger.#add(high, low));
    this.#slots = larger.#slots;
  }
}

/** Above the 16 bits of a hash that stand with it, so that no slot in use is 0. */
const TAKEN = 0x10000;

/** Index of a hash's slot in a table without end: from its lower 31 bits. */
function slotOf(high: number, low: number): number {
  return ((high << 16) ^ low) << 1;
}

/** Slots for so many hashes: a power of 2, of which they fill at most half. */
function slotsFor(hashes: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(4, hashes) * 2));
}
