import { readAvifExif } from './avif-exif.ts';
import { readJpegExif, readWebpExif } from './exif-location.ts';
import { readUserComment } from './exif.ts';
import { readGifComment } from './gif-comment.ts';
import { novelAiInfotext } from './novelai.ts';
import { isPng, readPngText } from './png-text.ts';

/**
 * The generation parameters inside a picture file: a PNG's `parameters` text or what NovelAI says of it, the EXIF user
 * comment of a PNG, JPEG, WebP or AVIF, or the comment of a GIF. Looks at headers only and reads at most 2 MB of text,
 * so hostile files cost nothing.
 * @returns `undefined` where there are none, or the file is of another kind or broken.
 */
export function readInfotext(file: Uint8Array): string | undefined {
  if (isPng(file)) {
    const { texts, exif } = readPngText(file);
    const own = novelAiInfotext(texts, sizeOf(file)) ?? texts.get('parameters');
    return own ?? (exif && readUserComment(exif));
  }
  const exif = readJpegExif(file) ?? readWebpExif(file) ?? readAvifExif(file);
  return exif ? readUserComment(exif) : readGifComment(file);
}

/** A PNG's, from its header. */
function sizeOf(file: Uint8Array): { readonly width: number; readonly height: number } {
  const header = new Uint8Array(8);
  header.set(file.subarray(16, 24));
  const view = new DataView(header.buffer);
  return { width: view.getUint32(0), height: view.getUint32(4) };
}
