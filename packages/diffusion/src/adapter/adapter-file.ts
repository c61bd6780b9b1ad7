/** For tests: adapters, and other small files of weights, as safetensors of float32. */
import { writeFileSync } from 'node:fs';
import { sizeOf } from '../tensor.ts';

/** A tensor as its shape, filled with a wave, or with numbers of one's own. */
export type Filling =
  | { readonly shape: readonly number[]; readonly values: readonly number[] }
  | readonly number[];

/** Writes tensors by name. @returns the path. */
export function writeAdapter(
  path: string,
  tensors: Readonly<Record<string, Filling>>,
  metadata: Readonly<Record<string, string>> = {},
): string {
  const header: Record<string, object> = { __metadata__: metadata };
  const data: Buffer[] = [];
  let end = 0;
  for (const [name, filling] of Object.entries(tensors)) {
    const { shape, values } = 'shape' in filling ? filling : { shape: filling, values: wave(filling, end) };
    const start = end;
    end += 4 * values.length;
    header[name] = { dtype: 'F32', shape, data_offsets: [start, end] };
    data.push(Buffer.from(Float32Array.from(values).buffer));
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, ...data]));
  return path;
}

function wave(shape: readonly number[], phase: number): readonly number[] {
  return Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(phase + 1 + i * i * 0.7) / 4);
}
