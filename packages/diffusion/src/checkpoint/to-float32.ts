import type { ElementType } from '@bottega/graph';

/**
 * Elements as float32: exact for all floating-point types but f64, which is rounded; integers and booleans as numbers.
 * @param bytes little-endian, as many as whole elements take.
 */
export function toFloat32(bytes: Uint8Array, type: ElementType): Float32Array {
  // A copy starts at an offset that every element type accepts.
  const { buffer } = Uint8Array.from(bytes);
  return readers[type](buffer);
}

const halfTable = once(() => Float32Array.from({ length: 65_536 }, (_, bits) => small(bits, 5, 10)));
const f8e5m2Table = once(() => Float32Array.from({ length: 256 }, (_, bits) => small(bits, 5, 2)));
const f8e4m3Table = once(() => Float32Array.from({ length: 256 }, (_, bits) => e4m3(bits)));

const readers: Readonly<Record<ElementType, (buffer: ArrayBuffer) => Float32Array>> = {
  f32: (buffer) => new Float32Array(buffer),
  f64: (buffer) => Float32Array.from(new Float64Array(buffer)),
  f16: (buffer) => lookedUp(new Uint16Array(buffer), halfTable()),
  bf16: (buffer) => new Float32Array(Uint32Array.from(new Uint16Array(buffer), (bits) => bits << 16).buffer),
  f8e4m3: (buffer) => lookedUp(new Uint8Array(buffer), f8e4m3Table()),
  f8e5m2: (buffer) => lookedUp(new Uint8Array(buffer), f8e5m2Table()),
  i8: (buffer) => Float32Array.from(new Int8Array(buffer)),
  u8: (buffer) => Float32Array.from(new Uint8Array(buffer)),
  bool: (buffer) => Float32Array.from(new Uint8Array(buffer)),
  i16: (buffer) => Float32Array.from(new Int16Array(buffer)),
  u16: (buffer) => Float32Array.from(new Uint16Array(buffer)),
  i32: (buffer) => Float32Array.from(new Int32Array(buffer)),
  u32: (buffer) => Float32Array.from(new Uint32Array(buffer)),
  i64: (buffer) => Float32Array.from(new BigInt64Array(buffer), Number),
  u64: (buffer) => Float32Array.from(new BigUint64Array(buffer), Number),
};

function lookedUp(bits: Uint16Array | Uint8Array, table: Float32Array): Float32Array {
  const values = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) values[i] = table[bits[i]];
  return values;
}

/** A number of IEEE 754's shape with few bits: sign, exponent, fraction. */
function small(bits: number, exponentBits: number, fractionBits: number): number {
  const top = 2 ** exponentBits - 1;
  const sign = bits >> (exponentBits + fractionBits) === 0 ? 1 : -1;
  const exponent = (bits >> fractionBits) & top;
  const fraction = (bits & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const bias = 2 ** (exponentBits - 1) - 1;
  if (exponent === 0) return sign * fraction * 2 ** (1 - bias);
  if (exponent === top) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction) * 2 ** (exponent - bias);
}

/** E4M3FN has no infinities and one NaN; its largest exponent is an ordinary one. */
function e4m3(bits: number): number {
  if ((bits & 0x7f) === 0x7f) return NaN;
  if ((bits & 0x78) !== 0x78) return small(bits, 4, 3);
  return (bits >> 7 === 0 ? 1 : -1) * (1 + (bits & 7) / 8) * 2 ** 8;
}

function once<Thing>(make: () => Thing): () => Thing {
  let made: Thing | undefined;
  return () => (made ??= make());
}
