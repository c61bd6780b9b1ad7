import { writeFileSync } from 'node:fs';

/**
 * Writes a safetensors file of float32: each tensor, given by its shape, is a wave.
 * @returns the path.
 */
export function writeSafetensors(
  path: string,
  tensors: Readonly<Record<string, readonly number[]>>,
  metadata: Readonly<Record<string, string>> = {},
): string {
  let end = 0;
  const entries = Object.entries(tensors).map(([name, shape]) => {
    const start = end;
    end += 4 * shape.reduce((product, extent) => product * extent, 1);
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }];
  });
  const header = Buffer.from(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const data = Float32Array.from({ length: end / 4 }, (_, i) => Math.sin(1 + i * i * 0.7) / 4);
  writeFileSync(path, Buffer.concat([length, header, Buffer.from(data.buffer)]));
  return path;
}
