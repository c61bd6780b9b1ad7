import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError } from '../errors.ts';
import { readDiffusersFolder } from './diffusers/read-folder.ts';
import { readPickledWeights } from './pickle/pickled-weights.ts';
import { readSafetensors } from './safetensors.ts';
import type { WeightFile } from './weight-file.ts';

/**
 * Opens a file of weights, recognised by its content whatever its name:
 * safetensors, and what PyTorch's `torch.save` wrote (`.ckpt`, `.pt`, `.pth`, `.bin`), of which nothing is run.
 * A folder is opened as a model in the layout of diffusers.
 * @throws EngineError `checkpoint.not-found`, `.unreadable`, `.truncated`, `.malformed`, `.unsupported`, `.unsafe`.
 */
export async function openWeights(path: string): Promise<WeightFile> {
  const absolute = resolve(path);
  const isFolder = await stat(absolute).then(
    (found) => found.isDirectory(),
    () => false,
  );
  return isFolder ? await readDiffusersFolder(absolute, openWeightFile) : await openWeightFile(absolute);
}

async function openWeightFile(absolute: string): Promise<WeightFile> {
  await using file = await openFile(absolute);
  const stat = await file.stat();
  if (!stat.isFile())
    throw new EngineError('checkpoint.unreadable', { path: absolute, reason: 'it is not a file' });
  const read = async (offset: number, length: number): Promise<Buffer> => {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, offset);
    return buffer.subarray(0, bytesRead);
  };
  const head = (await read(0, 64)).toString('latin1');
  // A safetensors header may have a length whose first bytes look like another format, but its ninth is a brace.
  if (head[8] === '{') return await readSafetensors(absolute, stat.size, read);
  if (pickleStart.test(head)) return await readPickledWeights(absolute, stat.size, read);
  refuseOtherFormats(absolute, head);
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

/** A zip archive, a pickle of protocol 2 or later, or an old one that begins with a name or a container. */
const pickleStart = /^(PK|\x80|[cP(\])}][ -~])/;

/** Files that are often met under a model's name, by their first bytes. */
const otherFormats: readonly { readonly starts: string; readonly what: string }[] = [
  { starts: 'GGUF', what: 'a GGUF file' },
  { starts: 'version https://git-lfs', what: 'a Git LFS pointer instead of the file itself' },
  { starts: '<', what: 'a web page instead of a model' },
];

function refuseOtherFormats(path: string, head: string): void {
  const format = otherFormats.find(({ starts }) => head.toLowerCase().startsWith(starts.toLowerCase()));
  if (format === undefined) return;
  const supported = 'safetensors, .ckpt and .pt';
  throw new EngineError('checkpoint.unsupported', { path, what: format.what, supported });
}
