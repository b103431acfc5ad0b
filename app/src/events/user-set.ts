/** Most users that a stored set holds exactly; with one more it becomes a sketch. */
export const EXACT_LIMIT = 1024;
/** Most users that a union made for a report holds exactly. */
export const UNION_LIMIT = 16_384;
/** HyperLogLog registers, one byte each: 4 KB a sketch. */
const REGISTERS = 4096;
/** Standard error of a sketch's count: 1.04 / sqrt(4096), rounded (Flajolet et al., HyperLogLog, 2007). */
export const SKETCH_STANDARD_ERROR = 0.016;

/** Bits of a hash beyond the 12 that choose the register. */
const VALUE_BITS = 36;
const SPLIT = 2 ** 24;
const LIST = 1;
const SKETCH = 2;
const HASH_BYTES = 6;

/**
 * A set of users, held as 48-bit hashes: exact up to a limit, beyond it a HyperLogLog sketch. Adding and merging are
 * idempotent and independent of order. Two users among 10,000 share a hash with a probability of 2e-7.
 */
export class UserSet {
  readonly #limit: number;
  /** Open addressing with linear probing; 0 marks a free slot. Empty once the set is a sketch. */
  #slots = new Float64Array(8);
  #size = 0;
  #registers: Uint8Array | undefined;

  /** `limit`: most users held exactly. */
  constructor(limit = EXACT_LIMIT) {
    this.#limit = limit;
  }

  /** Reads what `encode` wrote. Throws on anything else. */
  static decode(bytes: Uint8Array, limit = EXACT_LIMIT): UserSet {
    const set = new UserSet(limit);
    set.addEncoded(bytes);
    return set;
  }

  get exact(): boolean {
    return this.#registers === undefined;
  }

  /** Adds a user's hash (`hashUser`); tells whether the set changed. */
  add(hash: number): boolean {
    if (this.#registers !== undefined) return raise(this.#registers, hash);
    if (!this.#insert(hash)) return false;
    if (this.#size > this.#limit) this.#becomeSketch();
    return true;
  }

  /** Adds all users of an encoded set. */
  addEncoded(bytes: Uint8Array): void {
    if (bytes[0] === SKETCH && bytes.length === 1 + REGISTERS) {
      this.#mergeRegisters(bytes.subarray(1));
    } else if (bytes[0] === LIST && bytes.length % HASH_BYTES === 1) {
      for (let at = 1; at < bytes.length; at += HASH_BYTES) this.add(readHash(bytes, at));
    } else {
      throw new Error(`A set of users of ${String(bytes.length)} bytes cannot be read.`);
    }
  }

  /** Number of distinct users: exact, or the sketch's estimate. */
  count(): number {
    return this.#registers === undefined ? this.#size : Math.round(estimate(this.#registers));
  }

  /** One byte for the kind, then 6 bytes a hash, or 4,096 registers. */
  encode(): Uint8Array {
    if (this.#registers !== undefined) {
      const bytes = new Uint8Array(1 + REGISTERS);
      bytes[0] = SKETCH;
      bytes.set(this.#registers, 1);
      return bytes;
    }
    const bytes = new Uint8Array(1 + this.#size * HASH_BYTES);
    bytes[0] = LIST;
    let at = 1;
    for (const hash of this.#slots) {
      if (hash === 0) continue;
      writeHash(bytes, at, hash);
      at += HASH_BYTES;
    }
    return bytes;
  }

  #insert(hash: number): boolean {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = low(hash) & mask;
    for (let found = slots[slot]; found !== 0; found = slots[slot]) {
      if (found === hash) return false;
      slot = (slot + 1) & mask;
    }
    slots[slot] = hash;
    this.#size++;
    if (this.#size * 2 > slots.length) this.#grow();
    return true;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Float64Array(old.length * 2);
    this.#size = 0;
    for (const hash of old) if (hash !== 0) this.#insert(hash);
  }

  #becomeSketch(): Uint8Array {
    const registers = new Uint8Array(REGISTERS);
    for (const hash of this.#slots) if (hash !== 0) raise(registers, hash);
    this.#registers = registers;
    this.#slots = new Float64Array(0);
    return registers;
  }

  #mergeRegisters(other: Uint8Array): void {
    const registers = this.#registers ?? this.#becomeSketch();
    for (let at = 0; at < REGISTERS; at++) {
      const value = other[at] ?? 0;
      if (value > (registers[at] ?? 0)) registers[at] = value;
    }
  }
}

/** Raises the register that a hash belongs to; tells whether it changed. */
function raise(registers: Uint8Array, hash: number): boolean {
  const upper = high(hash);
  const lower = low(hash);
  const register = lower & (REGISTERS - 1);
  const rest = lower >>> 12;
  // Position of the first 1 among the 36 bits: 24 upper ones, then 12; 37 when there is none.
  const rank =
    upper !== 0 ? Math.clz32(upper) - 7 : rest !== 0 ? Math.clz32(rest) + 5 : VALUE_BITS + 1;
  if (rank <= (registers[register] ?? 0)) return false;
  registers[register] = rank;
  return true;
}

function high(hash: number): number {
  return Math.floor(hash / SPLIT);
}

function low(hash: number): number {
  return hash - high(hash) * SPLIT;
}

function readHash(bytes: Uint8Array, at: number): number {
  const upper = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  const lower = ((bytes[at + 3] ?? 0) << 16) | ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0);
  return upper * SPLIT + lower;
}

function writeHash(bytes: Uint8Array, at: number, hash: number): void {
  const upper = high(hash);
  const lower = low(hash);
  bytes[at] = upper >>> 16;
  bytes[at + 1] = upper >>> 8;
  bytes[at + 2] = upper;
  bytes[at + 3] = lower >>> 16;
  bytes[at + 4] = lower >>> 8;
  bytes[at + 5] = lower;
}

/**
 * Cardinality by the improved raw estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog
 * sketches" (2017, arXiv:1702.01284, algorithm 6): without bias over the whole range, and without tables.
 */
function estimate(registers: Uint8Array): number {
  const histogram = new Float64Array(VALUE_BITS + 2);
  for (const value of registers) histogram[value] = (histogram[value] ?? 0) + 1;
  let z = REGISTERS * tau(1 - (histogram[VALUE_BITS + 1] ?? 0) / REGISTERS);
  for (let rank = VALUE_BITS; rank >= 1; rank--) z = 0.5 * (z + (histogram[rank] ?? 0));
  z += REGISTERS * sigma((histogram[0] ?? 0) / REGISTERS);
  return (REGISTERS / (2 * Math.LN2)) * (REGISTERS / z);
}

function sigma(share: number): number {
  if (share === 1) return Infinity;
  let x = share;
  let y = 1;
  let z = share;
  for (let before = -1; z !== before;) {
    before = z;
    x *= x;
    z += x * y;
    y *= 2;
  }
  return z;
}

function tau(share: number): number {
  if (share === 0 || share === 1) return 0;
  let x = share;
  let y = 1;
  let z = 1 - share;
  for (let before = -1; z !== before;) {
    before = z;
    x = Math.sqrt(x);
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
  }
  return z / 3;
}
