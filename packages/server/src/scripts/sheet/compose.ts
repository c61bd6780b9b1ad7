/** Puts the pictures of a sheet together, in the proportions of A1111's grids (images.draw_grid_annotations). */
import type { RgbImage } from '@bottega/diffusion';
import { blank, lay } from './canvas.ts';
import { drawLabel, hasText } from './draw-label.ts';
import type { Label, Sheet } from './sheet.ts';

type Labels = readonly (RgbImage | undefined)[];

/**
 * Places have the size of the largest picture; smaller ones stand in their middles, on black. Labels of columns stand
 * above, those of rows to the left, each in a strip of three quarters of a picture's width.
 * @param pictures One a place; `undefined` leaves it black.
 */
export async function composeSheet(
  sheet: Pick<Sheet, 'columns' | 'columnLabels' | 'rowLabels' | 'margin'>,
  pictures: readonly (RgbImage | undefined)[],
): Promise<RgbImage> {
  const { columns } = sheet;
  const rows = Math.ceil(pictures.length / columns);
  const width = Math.max(1, ...pictures.map((picture) => picture?.width ?? 0));
  const height = Math.max(1, ...pictures.map((picture) => picture?.height ?? 0));
  const isLabelled = sheet.columnLabels.length + sheet.rowLabels.length > 0;
  const margin = isLabelled ? sheet.margin : 0;

  const fontSize = Math.max(6, Math.floor((width + height) / 25));
  const gap = Math.floor(fontSize / 2);
  const left = sheet.rowLabels.some(hasText) ? Math.floor((width * 3) / 4) : 0;
  const above = await drawAll(sheet.columnLabels, width, fontSize);
  const beside = await drawAll(sheet.rowLabels, left - gap, fontSize);
  const top = above.some(Boolean) ? Math.max(...above.map((label) => label?.height ?? 0)) + gap * 2 : 0;

  const canvas = blank(
    left + columns * width + (columns - 1) * margin,
    top + rows * height + (rows - 1) * margin,
    isLabelled ? 255 : 0,
  );
  const black = blank(width, height, 0);
  for (const [index, picture] of pictures.entries()) {
    const x = left + (index % columns) * (width + margin);
    const y = top + Math.floor(index / columns) * (height + margin);
    lay(black, canvas, x, y);
    if (picture === undefined) continue;
    lay(
      picture,
      canvas,
      x + Math.floor((width - picture.width) / 2),
      y + Math.floor((height - picture.height) / 2),
    );
  }
  for (const [column, label] of above.entries()) {
    const x = left + column * (width + margin);
    if (label !== undefined) layInMiddle(label, canvas, { x, y: 0, width, height: top });
  }
  for (const [row, label] of beside.entries()) {
    const y = top + row * (height + margin);
    if (label !== undefined) layInMiddle(label, canvas, { x: 0, y, width: left, height });
  }
  return canvas;
}

async function drawAll(labels: readonly Label[], width: number, fontSize: number): Promise<Labels> {
  const drawn: (RgbImage | undefined)[] = [];
  for (const label of labels) drawn.push(await drawLabel(label, width, fontSize));
  return drawn;
}

type Box = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** A label that is taller than its box begins at its top. */
function layInMiddle(label: RgbImage, canvas: RgbImage, { x, y, width, height }: Box): void {
  lay(label, canvas, x + (width - label.width) / 2, y + Math.max(0, (height - label.height) / 2));
}

/** Several pictures of one place as one, as square as it gets. */
export function asOne(pictures: readonly RgbImage[]): Promise<RgbImage> | RgbImage | undefined {
  if (pictures.length < 2) return pictures[0];
  const rows = Math.round(Math.sqrt(pictures.length));
  const columns = Math.ceil(pictures.length / rows);
  return composeSheet({ columns, columnLabels: [], rowLabels: [], margin: 0 }, pictures);
}
