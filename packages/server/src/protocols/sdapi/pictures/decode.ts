/** Pictures in requests. */
import { loadSharp } from '../../../media/load-sharp.ts';
import { refusal } from '../refusal.ts';

/** Nobody needs more, and a small file can claim to be huge. */
const largestPixels = 2 ** 27;

/**
 * The file in a field: base64, with or without `data:` before it. Only its header is looked at.
 * @throws SdapiRefusal 500 in A1111's words: for addresses, and for what is not a picture.
 */
export async function decodePicture(text: string): Promise<Buffer> {
  const trimmed = text.trim();
  if (/^https?:\/\//.test(trimmed)) throw refusal(500, 'Requests not allowed');
  const file = Buffer.from(
    trimmed.startsWith('data:image/') ? (trimmed.split(',')[1] ?? '') : trimmed,
    'base64',
  );
  const pixels = await pixelsIn(file).catch((cause: unknown) => {
    throw refusal(500, 'Invalid encoded image', { cause });
  });
  if (pixels > largestPixels) throw refusal(500, 'Invalid encoded image');
  return file;
}

/** Rejects for what is not a picture; of an empty buffer sharp itself throws. */
async function pixelsIn(file: Buffer): Promise<number> {
  const sharp = await loadSharp();
  const { width, height } = await sharp(file, { limitInputPixels: false }).metadata();
  return width * height;
}
