/** Number formats that a test checkpoint can be written in. */
export type WeightFormat = 'F32' | 'F16' | 'BF16';

/** A prime, so that rows of a matrix are not copies of one another. */
const elements = 65_521;

/**
 * Deterministic weights for one tensor: uniform, with a spread that keeps activations near 1 through the whole
 * network. Values repeat every 65,521 elements of a tensor, so that a full-size checkpoint is made at disk speed.
 * @param fill receives consecutive pieces of the tensor's bytes; it must not keep them.
 */
export function randomWeights(
  name: string,
  shape: readonly number[],
  format: WeightFormat,
  seed: number,
  fill: (bytes: Uint8Array) => void,
): void {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const { mean, deviation } = spread(name, shape, size);
  const values = new Float32Array(Math.min(size, elements));
  let state = hash(name) ^ seed;
  for (let i = 0; i < values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    const mixed = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
    values[i] = mean + deviation * Math.sqrt(12) * (((mixed ^ (mixed >>> 12)) >>> 0) / 2 ** 32 - 0.5);
  }
  const piece = encode(values, format);
  const width = piece.length / values.length;
  for (let left = size; left > 0; left -= values.length) {
    fill(left >= values.length ? piece : piece.subarray(0, left * width));
  }
}

/** Bytes of one number. */
export function widthOf(format: WeightFormat): number {
  return format === 'F32' ? 4 : 2;
}

function spread(name: string, shape: readonly number[], size: number): { mean: number; deviation: number } {
  if (name.includes('embedding')) return { mean: 0, deviation: 0.5 };
  if (shape.length > 1) return { mean: 0, deviation: 0.8 / Math.sqrt(size / shape[0]) };
  return name.endsWith('bias') ? { mean: 0, deviation: 0.05 } : { mean: 1, deviation: 0.1 };
}

function encode(values: Float32Array<ArrayBuffer>, format: WeightFormat): Uint8Array {
  if (format === 'F32') return new Uint8Array(values.buffer);
  const bits = new Uint32Array(values.buffer);
  const to = format === 'F16' ? halfOf : bfloatOf;
  return new Uint8Array(Uint16Array.from(bits, to).buffer);
}

/** The bfloat16 nearest to a float32, ties to even. */
function bfloatOf(bits: number): number {
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
}

/** The float16 nearest to a float32 below 65504; magnitudes under 2^-14 become zero. */
function halfOf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude < 0x38800000) return sign;
  return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
}

function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value;
}
