/** HyperLogLog registers, one byte each: 4 KB a sketch. */
export const REGISTERS = 4096;
/** Standard error of a sketch's count: 1.04 / sqrt(4096), rounded (Flajolet et al., HyperLogLog, 2007). */
export const SKETCH_STANDARD_ERROR = 0.016;

/** Bits of a 48-bit hash beyond the 12 that choose the register. */
const VALUE_BITS = 36;

/** Raises the register that a hash, given as its upper and lower 24 bits, belongs to; tells whether it changed. */
export function raise(registers: Uint8Array, upper: number, lower: number): boolean {
  const register = lower & (REGISTERS - 1);
  const rest = lower >>> 12;
  // Position of the first 1 among the 36 bits: 24 upper ones, then 12; 37 when there is none.
  const rank =
    upper !== 0 ? Math.clz32(upper) - 7 : rest !== 0 ? Math.clz32(rest) + 5 : VALUE_BITS + 1;
  if (rank <= (registers[register] ?? 0)) return false;
  registers[register] = rank;
  return true;
}

/** Raises the registers of the hashes that bytes from an offset on hold, 6 bytes each (big-endian), as `raise` does. */
export function raiseBytes(registers: Uint8Array, bytes: Uint8Array, offset: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = offset; at < bytes.length; at += 6) {
    const high = view.getUint32(at);
    const low = view.getUint16(at + 4);
    const register = low & (REGISTERS - 1);
    const rest = ((high & 0xff) << 4) | (low >>> 12);
    const rank =
      high > 0xff ? Math.clz32(high) + 1 : rest !== 0 ? Math.clz32(rest) + 5 : VALUE_BITS + 1;
    if (rank > (registers[register] ?? 0)) registers[register] = rank;
  }
}

/** Raises registers to those of another sketch; tells whether any changed. */
export function mergeRegisters(registers: Uint8Array, other: Uint8Array): boolean {
  let changed = false;
  for (let at = 0; at < REGISTERS; at++) {
    const value = other[at] ?? 0;
    if (value > (registers[at] ?? 0)) {
      registers[at] = value;
      changed = true;
    }
  }
  return changed;
}

const WORDS = REGISTERS / 4;
const aligned = new Uint32Array(WORDS);
const alignedBytes = new Uint8Array(aligned.buffer);

/**
 * Merges another sketch as `mergeRegisters` does, four registers at a time.
 * @param words of the registers
 */
export function uniteRegisters(words: Uint32Array, other: Uint8Array): void {
  alignedBytes.set(other);
  for (let at = 0; at < WORDS; at++) {
    const own = words[at] ?? 0;
    const others = aligned[at] ?? 0;
    // Registers are below 128: with its top bit set, a byte of ours lends to none when the other's is taken from it, and
    // keeps that bit where it is not the smaller one.
    const keeps = (((own | 0x80808080) - others) & 0x80808080) >>> 7;
    const mask = Math.imul(keeps, 0xff);
    words[at] = (own & mask) | (others & ~mask);
  }
}

/**
 * Cardinality by the improved raw estimator of O. Ertl, "New cardinality estimation algorithms for HyperLogLog
 * sketches" (2017, arXiv:1702.01284, algorithm 6): without bias over the whole range, and without tables.
 */
export function estimate(registers: Uint8Array): number {
  const histogram = new Int32Array(64);
  for (let at = 0; at < REGISTERS; at++) {
    const value = (registers[at] ?? 0) & 63;
    histogram[value] = (histogram[value] ?? 0) + 1;
  }
  let z = REGISTERS * tau(1 - (histogram[VALUE_BITS + 1] ?? 0) / REGISTERS);
  for (let rank = VALUE_BITS; rank >= 1; rank--) z = 0.5 * (z + (histogram[rank] ?? 0));
  z += REGISTERS * sigma((histogram[0] ?? 0) / REGISTERS);
  return Math.round((REGISTERS / (2 * Math.LN2)) * (REGISTERS / z));
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
