/** A1111's "Poor man's outpainting": the picture on a larger ground, drawn in tiles wherever that is new. */
import { invalidScript, requireFewDrawings } from '../limits.ts';
import { type Drawing, type Script, withFixedSeeds } from '../script.ts';
import { tile } from '../sheet/tiles.ts';
import { type Margins, marginsOf, roundedUp, sides, type Size, sizeToDrawOn } from './margins.ts';
import type { Box } from './pieces.ts';

export const poorMans: Script<"poor man's outpainting"> = {
  expand: (open, { pixels = 128, blur = 4, content = 'fill', directions = sides }, world) => {
    const { start } = open;
    const size = sizeToDrawOn(start?.images, world);
    if (start === undefined) throw invalidScript('is needed: outpainting begins with a picture', 'start');
    const { mask: _, outpaint: __, ...from } = start;
    const recipe = { ...withFixedSeeds(open, world), batchSize: 1, batchCount: 1 };
    if (pixels >= Math.min(recipe.width, recipe.height)) {
      throw invalidScript('must be less than the sides of a drawing, which tiles share', 'script.pixels');
    }
    const margins = withRest(size, marginsOf(size, pixels, directions));
    const ground = {
      width: margins.left + size.width + margins.right,
      height: margins.up + size.height + margins.down,
      left: margins.left,
      up: margins.up,
    };
    const tiling = tile(ground, recipe, pixels);
    const stays = within(ground, margins, 2 * blur);
    const latentsStay = within(ground, margins, Math.floor(blur / 2));
    const isNew = ({ x, y }: { readonly x: number; readonly y: number }): boolean =>
      x < margins.left ||
      x + recipe.width > ground.width - margins.right ||
      y < margins.up ||
      y + recipe.height > ground.height - margins.down;
    const drawn = tiling.corners.filter(isNew);
    requireFewDrawings(drawn.length);
    const drawings = drawn.map(({ x, y }, index): Drawing => ({
      recipe: {
        ...recipe,
        seed: recipe.seed + index,
        start: { ...from, images: [start.images[0]], resizeMode: 'stretch' },
      },
      piece: { kind: 'padded', ground, x, y, stays, latentsStay, blur: 2 * blur, content },
    }));
    let next = 0;
    const places = tiling.corners.map((corner) =>
      isNew(corner) ? { variant: next++ } : { start: { ground, ...corner } },
    );
    const bare = { columnLabels: [], rowLabels: [], margin: 0, notes: [] };
    return { drawings, sheets: [{ ...bare, columns: 1, places, like: 0, tiling }] };
  },
};

/** What is missing to a multiple of 64 where no side is chosen is new, too; the original leaves it black. */
function withRest(size: Size, margins: Margins): Margins {
  const { left, right, up, down } = margins;
  return {
    ...margins,
    right: left + right > 0 ? right : roundedUp(size.width) - size.width,
    down: up + down > 0 ? down : roundedUp(size.height) - size.height,
  };
}

/** The picture, less `overlap` pixels on the sides where something is added. */
function within({ width, height }: Size, { left, right, up, down }: Margins, overlap: number): Box {
  const inner = (margin: number): number => (margin > 0 ? margin + overlap : 0);
  return {
    left: inner(left),
    top: inner(up),
    right: width - inner(right),
    bottom: height - inner(down),
  };
}
