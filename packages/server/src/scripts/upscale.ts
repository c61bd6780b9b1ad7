/** A1111's "SD upscale": the enlarged picture is drawn anew in tiles. */
import { invalidScript, requireFewDrawings } from './limits.ts';
import type { Notes } from './plan.ts';
import { type Drawing, type Script, withFixedSeeds } from './script.ts';
import { tile } from './sheet/tiles.ts';

export const upscale: Script<'sd upscale'> = {
  expand: (open, { overlap = 64, scale = 2, upscaler = 'None' }, world) => {
    const { start } = open;
    const size = start && world.sizeOf(start.images[0]);
    if (start === undefined || size === undefined) {
      throw invalidScript('is needed: SD upscale begins with a picture', 'start');
    }
    const { mask: _, ...startOfAll } = start;
    const recipe = { ...withFixedSeeds(open, world), batchSize: 1, batchCount: 1 };
    if (overlap >= Math.min(recipe.width, recipe.height)) {
      throw invalidScript('must be less than the sides of a tile', 'script.overlap');
    }
    const tiling = tile(enlarged(size, upscaler === 'None' ? undefined : scale), recipe, overlap);
    const { corners } = tiling;
    requireFewDrawings(corners.length * open.batchCount);
    const notes: Notes = [
      ['SD upscale overlap', String(overlap)],
      ['SD upscale upscaler', upscaler],
    ];
    const copies = Array.from({ length: open.batchCount }, (_, copy) => copy);
    const drawings = copies.flatMap((copy) =>
      corners.map(({ x, y }, index): Drawing => {
        // A1111 draws tiles in batches, each of which begins one seed after the one before.
        const seed = Math.floor(index / open.batchSize) + (index % open.batchSize);
        return {
          recipe: {
            ...recipe,
            seed: recipe.seed + copy + seed,
            start: { ...startOfAll, images: [start.images[0]], resizeMode: 'stretch' },
          },
          tile: { x, y, scale, upscaler },
          notes,
        };
      }),
    );
    return {
      drawings,
      sheets: copies.map((copy) => ({
        columns: 1,
        places: corners.map((__, index) => ({ variant: copy * corners.length + index })),
        columnLabels: [],
        rowLabels: [],
        margin: 0,
        like: copy * corners.length,
        notes: [],
        tiling,
      })),
    };
  },
};

/** As A1111's upscalers end: with sides that are multiples of 8. */
function enlarged(
  { width, height }: { readonly width: number; readonly height: number },
  scale: number | undefined,
) {
  if (scale === undefined) return { width, height };
  const side = (pixels: number) => Math.max(8, Math.floor(Math.trunc(pixels * scale) / 8) * 8);
  return { width: side(width), height: side(height) };
}
