/** The file format of an answer's pictures: the setting `samples_format`. */
import { writeJpegInfotext, writeWebpInfotext } from '@bottega/diffusion';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { loadSharp } from '../../../media/load-sharp.ts';
import { refusal } from '../refusal.ts';

/**
 * A PNG made here in the format that the settings ask for, with its infotext inside; as it is where they ask for PNG.
 * `jpeg_quality` (1 to 100) counts for WebP too, as in A1111, unless `webp_lossless` is set.
 * @throws SdapiRefusal 500 for other formats, as A1111 answers.
 */
export async function inFormat(
  png: Uint8Array,
  infotext: string | undefined,
  settings: JsonObject,
): Promise<Uint8Array> {
  const format = formatOf(settings);
  if (format === 'png') return png;
  const sharp = await loadSharp();
  const picture = sharp(png).removeAlpha();
  const quality = Math.min(100, Math.max(1, Math.round(Number(settings.jpeg_quality))));
  if (format === 'jpeg') {
    const jpeg = await picture.jpeg({ quality }).toBuffer();
    return infotext === undefined ? jpeg : writeJpegInfotext(jpeg, infotext);
  }
  const { data, info } = await picture
    .webp({ quality, lossless: settings.webp_lossless === true })
    .toBuffer({ resolveWithObject: true });
  return infotext === undefined ? data : writeWebpInfotext(data, info, infotext);
}

/**
 * Looked at before anything is drawn.
 * @throws SdapiRefusal
 */
export function formatOf(settings: JsonObject): Format {
  const wanted = String(settings.samples_format).toLowerCase();
  const format = formats.get(wanted);
  if (format === undefined) throw refusal(500, 'Invalid image format');
  return format;
}

type Format = 'png' | 'jpeg' | 'webp';

const formats = new Map<string, Format>([
  ['png', 'png'],
  ['jpg', 'jpeg'],
  ['jpeg', 'jpeg'],
  ['webp', 'webp'],
]);
