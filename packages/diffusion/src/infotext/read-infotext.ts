import { readJpegExif, readWebpExif } from './exif-location.ts';
import { readUserComment } from './exif.ts';
import { isPng, readPngText } from './png-text.ts';

/**
 * The generation parameters inside a picture file: a PNG's `parameters` text, or the EXIF user comment of a PNG,
 * JPEG or WebP. Looks at headers only and reads at most 2 MB of text, so hostile files cost nothing.
 * @returns `undefined` where there are none, or the file is of another kind or broken.
 */
export function readInfotext(file: Uint8Array): string | undefined {
  if (isPng(file)) {
    const { texts, exif } = readPngText(file);
    return texts.get('parameters') ?? (exif && readUserComment(exif));
  }
  const exif = readJpegExif(file) ?? readWebpExif(file);
  return exif && readUserComment(exif);
}
