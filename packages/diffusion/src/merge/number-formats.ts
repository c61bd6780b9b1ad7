import type { ElementType } from '@bottega/graph';

/** Numbers as they are kept between PyTorch's operations; everything else is computed in float32. */
export type NumberFormat = 'f32' | 'f16' | 'bf16';

/** What a product of such elements with a Python float has: integers become float32, as do float64 and float8 here. */
export function formatOf(type: ElementType): NumberFormat {
  return type === 'f16' || type === 'bf16' ? type : 'f32';
}

/** What a sum of both has. */
export function commonFormat(a: NumberFormat, b: NumberFormat): NumberFormat {
  return a === b ? a : 'f32';
}

/** Rounds in place to what the format can hold, ties to even. */
export function roundTo(format: NumberFormat, values: Float32Array): Float32Array {
  if (format === 'f16') values.set(new Float16Array(values));
  if (format === 'bf16') roundToBfloat(values);
  return values;
}

/** The bytes of values, little-endian; values are rounded. */
export function toBytes(format: NumberFormat, values: Float32Array): Uint8Array {
  if (format === 'f32') return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (format === 'f16') return new Uint8Array(new Float16Array(values).buffer);
  roundToBfloat(values);
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  return new Uint8Array(Uint16Array.from(bits, (one) => one >>> 16).buffer);
}

function roundToBfloat(values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const one = bits[i];
    const isNaN = (one & 0x7fff_ffff) > 0x7f80_0000;
    bits[i] = isNaN ? 0x7fc0_0000 : (one + 0x7fff + ((one >>> 16) & 1)) & 0xffff_0000;
  }
}
