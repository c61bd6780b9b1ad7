/** A1111's "Outpainting mk2": the picture grows side by side, each filled with noise like it and drawn. */
import { invalidScript, requireFewDrawings } from '../limits.ts';
import { type Drawing, type Script, withFixedSeeds } from '../script.ts';
import { growthOf } from './growth.ts';
import { marginsOf, type Side, sides, type Size, sizeToDrawOn } from './margins.ts';

/** Fourier transforms of three channels in double precision. */
const mostPixels = 8_000_000;
const smallestSide = 8;

export const mk2: Script<'outpainting mk2'> = {
  expand: (open, wishes, world) => {
    const { pixels = 128, blur = 8, directions = sides, exponent = 1, colourVariation = 0.05 } = wishes;
    const { start } = open;
    const first = sizeToDrawOn(start?.images, world);
    if (start === undefined || Math.min(first.width, first.height) < smallestSide) {
      throw invalidScript('must be a picture of at least 8x8 pixels for outpainting', 'start.images.0');
    }
    const { mask: _, outpaint: __, ...from } = start;
    const recipe = { ...withFixedSeeds(open, world), batchSize: 1, batchCount: 1 };
    const margins = marginsOf(first, pixels, directions);
    const chosen = sides.filter((side) => margins[side] > 0);
    const overlap = {
      x: margins.left + margins.right > 0 ? blur : 0,
      y: margins.up + margins.down > 0 ? blur : 0,
    };
    let size: Size = first;
    const growths = chosen.map((side) => {
      const piece = {
        kind: 'grown' as const,
        side,
        pixels: margins[side],
        overlap,
        exponent,
        colourVariation,
      };
      requireRoom(side, margins[side], size, recipe, overlap);
      const { region, size: grown, canvas } = growthOf(size, recipe, piece);
      if (canvas.width * canvas.height > mostPixels) {
        throw invalidScript(
          `makes ${canvas.width}x${canvas.height} pixels, and outpainting mk2 may make 8 million`,
        );
      }
      size = grown;
      return { piece, region };
    });
    const count = open.batchSize * open.batchCount;
    requireFewDrawings(count * growths.length);
    const isVaried = (recipe.subseedStrength ?? 0) > 0;
    const copies = Array.from({ length: count }, (_unused, copy) => copy);
    const drawings = copies.flatMap((copy) =>
      growths.map(({ piece, region: { width, height } }, step): Drawing => ({
        recipe: {
          ...recipe,
          width,
          height,
          ...(isVaried ? { subseed: (recipe.subseed ?? 0) + copy } : { seed: recipe.seed + copy }),
          start: { ...from, images: [start.images[0]], resizeMode: 'stretch' },
        },
        piece,
        ...(step > 0 && { startsFrom: copy * growths.length + step - 1 }),
      })),
    );
    return {
      drawings,
      sheets: copies.map((copy) => ({
        columns: 1,
        // The last one has all that was added before.
        places: [{ variant: (copy + 1) * growths.length - 1 }],
        columnLabels: [],
        rowLabels: [],
        margin: 0,
        like: copy * growths.length,
        notes: [],
        tiling: { ...size, overlap: 0, corners: [{ x: 0, y: 0 }] },
      })),
    };
  },
};

/** What is added must be seen from something that was there, in the picture and in the drawing. */
function requireRoom(
  side: Side,
  pixels: number,
  size: Size,
  drawn: Size,
  overlap: { readonly x: number; readonly y: number },
): void {
  const isAcross = side === 'left' || side === 'right';
  const [across, along] = isAcross ? (['width', 'x'] as const) : (['height', 'y'] as const);
  if (overlap[along] >= size[across]) {
    throw invalidScript(`must be less than the picture's ${across}, ${size[across]}`, 'script.blur');
  }
  if (pixels >= drawn[across]) {
    const reason = `adds ${pixels} pixels (to a multiple of 64), and a drawing has ${drawn[across]}; take fewer pixels or a larger ${across}`;
    throw invalidScript(reason, 'script.pixels');
  }
}
