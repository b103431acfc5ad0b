import { HashTable } from "./hash-table.ts";
import {
  estimate,
  mergeRegisters,
  raise,
  raiseBytes,
  REGISTERS,
  uniteRegisters,
} from "./hyperloglog.ts";

/** Most users that a stored set holds exactly; with one more it becomes a sketch. */
export const EXACT_LIMIT = 1024;
/** Most users that a union made for a report holds exactly. */
export const UNION_LIMIT = 16_384;

const SPLIT = 2 ** 24;
const LIST = 1;
const SKETCH = 2;
const HASH_BYTES = 6;

export interface UserCount {
  readonly users: number;
  readonly exact: boolean;
}

/**
 * A stored set of users, held as 48-bit hashes (`hashUser`): exact up to `EXACT_LIMIT`, beyond it a HyperLogLog sketch.
 * Adding and merging are idempotent and independent of order. Two users among 10,000 share a hash with a probability of
 * 2e-7.
 */
export class UserSet {
  #table: HashTable | undefined = new HashTable();
  #registers: Uint8Array = EMPTY;

  /** Reads what `encode` wrote. Throws on anything else. */
  static decode(bytes: Uint8Array): UserSet {
    const set = new UserSet();
    set.addEncoded(bytes);
    return set;
  }

  /** Adds a user's hash; tells whether the set changed. */
  add(hash: number): boolean {
    const upper = Math.floor(hash / SPLIT);
    return this.#add(upper, hash - upper * SPLIT);
  }

  /** Adds all users of an encoded set; tells whether the set changed. */
  addEncoded(bytes: Uint8Array): boolean {
    if (isSketch(bytes)) {
      if (this.#table !== undefined) this.#becomeSketch(this.#table);
      return mergeRegisters(this.#registers, bytes.subarray(1));
    }
    let changed = false;
    eachHash(bytes, (upper, lower) => {
      changed = this.#add(upper, lower) || changed;
    });
    return changed;
  }

  count(): UserCount {
    if (this.#table !== undefined) return { users: this.#table.size, exact: true };
    return { users: estimate(this.#registers), exact: false };
  }

  /** One byte for the kind, then 6 bytes a hash (big-endian), or 4,096 registers. */
  encode(): Uint8Array {
    if (this.#table === undefined) {
      const bytes = new Uint8Array(1 + REGISTERS);
      bytes[0] = SKETCH;
      bytes.set(this.#registers, 1);
      return bytes;
    }
    const bytes = new Uint8Array(1 + this.#table.size * HASH_BYTES);
    bytes[0] = LIST;
    let at = 1;
    this.#table.forEach((upper, lower) => {
      bytes[at++] = upper >>> 16;
      bytes[at++] = upper >>> 8;
      bytes[at++] = upper;
      bytes[at++] = lower >>> 16;
      bytes[at++] = lower >>> 8;
      bytes[at++] = lower;
    });
    return bytes;
  }

  #add(upper: number, lower: number): boolean {
    if (this.#table === undefined) return raise(this.#registers, upper, lower);
    if (!this.#table.add(upper, lower)) return false;
    if (this.#table.size > EXACT_LIMIT) this.#becomeSketch(this.#table);
    return true;
  }

  #becomeSketch(table: HashTable): void {
    this.#registers = new Uint8Array(REGISTERS);
    table.forEach((upper, lower) => raise(this.#registers, upper, lower));
    this.#table = undefined;
  }
}

/** Of the union that is being counted: a report counts hundreds, one after the other. */
let scratch: HashTable | undefined;

/** Users of an encoded set by its length alone; undefined for a sketch, whose registers have to be read. */
export function sizeByLength(bytes: number): number | undefined {
  return bytes % HASH_BYTES === 1 ? (bytes - 1) / HASH_BYTES : undefined;
}

/**
 * Distinct users of several encoded sets: exact when each of them is exact and together they hold at most
 * `UNION_LIMIT`, else the estimate of the merged sketch.
 */
export function countUnion(sets: readonly Uint8Array[]): UserCount {
  const [only] = sets;
  if (only === undefined) return { users: 0, exact: true };
  if (sets.length === 1) {
    if (isSketch(only)) return { users: estimate(only.subarray(1)), exact: false };
    return { users: listSize(only), exact: true };
  }
  if (sets.some(isSketch)) return { users: estimate(unite(sets)), exact: false };
  let expected = 0;
  for (const bytes of sets) expected += listSize(bytes);
  const table = (scratch ??= new HashTable(UNION_LIMIT));
  // With twice the room that they need at most, hashes seldom meet.
  table.reset(Math.min(2 * expected, UNION_LIMIT));
  for (const bytes of sets) {
    table.addBytes(bytes, 1);
    if (table.size > UNION_LIMIT) return { users: estimate(unite(sets)), exact: false };
  }
  return { users: table.size, exact: true };
}

function unite(sets: readonly Uint8Array[]): Uint8Array {
  const registers = new Uint8Array(REGISTERS);
  const words = new Uint32Array(registers.buffer);
  for (const bytes of sets) {
    if (isSketch(bytes)) uniteRegisters(words, bytes.subarray(1));
    else if (listSize(bytes) > 0) raiseBytes(registers, bytes, 1);
  }
  return registers;
}

const EMPTY = new Uint8Array(0);

function isSketch(bytes: Uint8Array): boolean {
  return bytes[0] === SKETCH && bytes.length === 1 + REGISTERS;
}

function listSize(bytes: Uint8Array): number {
  if (bytes[0] === LIST && bytes.length % HASH_BYTES === 1) return (bytes.length - 1) / HASH_BYTES;
  throw new Error(`A set of users of ${String(bytes.length)} bytes cannot be read.`);
}

function eachHash(bytes: Uint8Array, visit: (upper: number, lower: number) => unknown): void {
  listSize(bytes);
  for (let at = 1; at < bytes.length; at += HASH_BYTES) {
    const upper = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const lower = ((bytes[at + 3] ?? 0) << 16) | ((bytes[at + 4] ?? 0) << 8) | (bytes[at + 5] ?? 0);
    visit(upper, lower);
  }
}
