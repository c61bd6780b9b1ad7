import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { hashFile } from '../checkpoint/hash-file.ts';
import { openWeights } from '../checkpoint/open-weights.ts';

/** How many digits of it infotext has. */
export const shortHashLength = 12;

/**
 * The hash by which A1111 and model sites know an adapter, in lower-case hexadecimal: what a safetensors file says of
 * itself (`sshs_model_hash`), else the SHA-256 of what follows its header, which stays the same when its metadata
 * change (AutoV3); of other files, the SHA-256 of the whole.
 * @throws EngineError `checkpoint.*`.
 */
export async function hashAdapter(path: string): Promise<string> {
  const { metadata } = await openWeights(path);
  const said = metadata.sshs_model_hash;
  if (said !== undefined && /^[0-9a-f]{12,}$/.test(said)) return said;
  const start = await headerEnd(path);
  if (start === undefined) return (await hashFile(path)).sha256;
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { start, highWaterMark: 2 ** 20 })) hash.update(piece);
  return hash.digest('hex');
}

/** Where the tensors of a safetensors file begin; undefined for other files. */
async function headerEnd(path: string): Promise<number | undefined> {
  await using file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(9), 0, 9, 0);
  return buffer[8] === '{'.charCodeAt(0) ? 8 + Number(buffer.readBigUInt64LE()) : undefined;
}
