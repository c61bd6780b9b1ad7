/** Pictures in requests. */
import { loadSharp } from '../../../media/load-sharp.ts';
import { isPicture } from '../../../media/read-picture.ts';
import { refusal, SdapiRefusal } from '../refusal.ts';
import { FetchRefusal, fetchPicture } from './fetch-picture.ts';

/** Nobody needs more, and a small file can claim to be huge. */
const largestPixels = 2 ** 27;

/**
 * The file in a field: base64, with or without `data:` before it, or what lies at an http(s) address of the internet.
 * Only its header is looked at, and what `data:` says of it counts nothing.
 * @throws SdapiRefusal 500 in A1111's words.
 */
export async function decodePicture(text: string): Promise<Buffer> {
  const trimmed = text.trim();
  const isAddress = /^https?:\/\//.test(trimmed);
  const file = isAddress ? await fetched(trimmed) : inText(trimmed);
  const wrong = isAddress ? 'Invalid image url' : 'Invalid encoded image';
  if (!isPicture(file)) throw refusal(500, wrong);
  const pixels = await pixelsIn(file).catch((cause: unknown) => {
    throw refusal(500, wrong, { cause });
  });
  if (pixels > largestPixels) {
    const errors = `A picture of ${pixels} pixels is too large; send one of at most ${largestPixels}.`;
    throw new SdapiRefusal(500, { detail: wrong, errors });
  }
  return file;
}

function inText(text: string): Buffer {
  return Buffer.from(text.startsWith('data:image/') ? (text.split(',')[1] ?? '') : text, 'base64');
}

async function fetched(address: string): Promise<Buffer> {
  try {
    return await fetchPicture(address);
  } catch (cause) {
    const isLocal = cause instanceof FetchRefusal && cause.reason === 'local';
    throw refusal(500, isLocal ? 'Request to local resource not allowed' : 'Invalid image url', { cause });
  }
}

/** Rejects for what is damaged. */
async function pixelsIn(file: Buffer): Promise<number> {
  const sharp = await loadSharp();
  const { width, height } = await sharp(file, { limitInputPixels: false }).metadata();
  return width * height;
}
