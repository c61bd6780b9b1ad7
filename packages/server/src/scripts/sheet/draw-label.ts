/** Writes a label: the text of a sheet, as black on white pixels. */
import { createRequire } from 'node:module';
import type { RgbImage } from '@bottega/diffusion';
import { loadSharp } from '../../media/load-sharp.ts';
import type { Label } from './sheet.ts';

/** Brought along, so that a sheet looks the same on machines without fonts; others fill in what it lacks. */
const fontFile = createRequire(import.meta.url).resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf');
const fontName = 'DejaVu Sans';
/** Of a label; nobody reads more beside a picture, and the place grows with it. */
const longest = 1000;
/** A1111's grey of what is left out. */
const struckColour = '#999999';

/** Whether anything is written in it. */
export function hasText(label: Label): boolean {
  return label.some(({ text }) => text.trim() !== '');
}

/**
 * @param width Pixels: longer lines are broken, between words where there are any.
 * @param fontSize Pixels.
 * @returns `undefined` for a label without text.
 */
export async function drawLabel(
  label: Label,
  width: number,
  fontSize: number,
): Promise<RgbImage | undefined> {
  if (!hasText(label)) return undefined;
  const sharp = await loadSharp();
  const { data, info } = await sharp({
    text: {
      text: label.map(toMarkup).join('\n'),
      font: `${fontName} ${fontSize}`,
      fontfile: fontFile,
      width: Math.max(1, Math.floor(width)),
      align: 'centre',
      wrap: 'word-char',
      spacing: Math.floor(fontSize / 4),
      dpi: 72,
      rgba: true,
    },
  })
    .flatten({ background: 'white' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data };
}

function toMarkup({ text, struck }: Label[number]): string {
  const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
  // Pango reads no control characters.
  const plain = short.toWellFormed().replaceAll(/\p{Cc}+/gu, ' ');
  const escaped = plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const style =
    struck === true ? `foreground="${struckColour}" strikethrough="true"` : 'foreground="#000000"';
  return `<span ${style}>${escaped === '' ? ' ' : escaped}</span>`;
}
