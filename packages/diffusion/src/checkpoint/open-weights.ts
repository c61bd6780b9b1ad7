import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError } from '../errors.ts';
import { readSafetensors } from './safetensors.ts';
import type { WeightFile } from './weight-file.ts';

/**
 * Opens a file of weights, recognised by its content whatever its name.
 * @throws EngineError `checkpoint.not-found`, `.unreadable`, `.truncated`, `.malformed`, `.unsupported`.
 */
export async function openWeights(path: string): Promise<WeightFile> {
  const absolute = resolve(path);
  await using file = await openFile(absolute);
  const stat = await file.stat();
  if (!stat.isFile())
    throw new EngineError('checkpoint.unreadable', { path: absolute, reason: 'it is not a file' });
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  refuseOtherFormats(absolute, await read(0, 64));
  return await readSafetensors(absolute, stat.size, read);
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new EngineError('checkpoint.not-found', { path });
    throw new EngineError('checkpoint.unreadable', { path, reason: code }, { cause: error });
  }
}

/** Files that are often met under a model's name, by their first bytes. */
const otherFormats: readonly { readonly starts: string; readonly what: string }[] = [
  { starts: 'PK\x03\x04', what: 'a PyTorch pickle (.ckpt, .pt) or another zip archive' },
  { starts: '\x80\x02', what: 'a PyTorch pickle (.ckpt, .pt)' },
  { starts: 'GGUF', what: 'a GGUF file' },
  { starts: 'version https://git-lfs', what: 'a Git LFS pointer instead of the file itself' },
  { starts: '<', what: 'a web page instead of a model' },
];

function refuseOtherFormats(path: string, head: Buffer): void {
  const text = head.toString('latin1');
  const format = otherFormats.find(({ starts }) => text.toLowerCase().startsWith(starts.toLowerCase()));
  // A safetensors header may have a length whose first byte looks like text, but its ninth is a brace.
  if (format === undefined || text[8] === '{') return;
  throw new EngineError('checkpoint.unsupported', { path, what: format.what, supported: 'safetensors' });
}
