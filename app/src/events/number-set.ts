/** Numbers of one piece of a set, one bit each: what a store keeps in one row. */
export const PIECE_BITS = 4096;
export const PIECE_BYTES = PIECE_BITS / 8;

/** Exact set of small whole numbers (users, numbered from 0), one bit each. */
export class NumberSet {
  #bits = new Uint8Array(PIECE_BYTES);

  add(number: number): this {
    const at = number >>> 3;
    if (at >= this.#bits.length) this.#grow(at + 1);
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (number & 7));
    return this;
  }

  /** Adds the numbers of a piece: those from `piece * PIECE_BITS` on. */
  addPiece(piece: number, bits: Uint8Array): this {
    const begin = piece * PIECE_BYTES;
    if (begin + bits.length > this.#bits.length) this.#grow(begin + bits.length);
    const all = this.#bits;
    for (let at = 0; at < bits.length; at++)
      all[begin + at] = (all[begin + at] ?? 0) | (bits[at] ?? 0);
    return this;
  }

  get size(): number {
    let size = 0;
    for (const byte of this.#bits) size += ONES[byte] ?? 0;
    return size;
  }

  #grow(length: number): void {
    const grown = new Uint8Array(Math.max(length, this.#bits.length * 2));
    grown.set(this.#bits);
    this.#bits = grown;
  }
}

/** Number of ones in each byte. */
const ONES = new Uint8Array(256);
for (let byte = 1; byte < 256; byte++) ONES[byte] = (byte & 1) + (ONES[byte >> 1] ?? 0);
