/** A1111's "Loopback": each drawing starts from the picture of the one before. */
import type { Notes } from './plan.ts';
import { invalidScript, requireFewDrawings } from './limits.ts';
import { type Drawing, type Script, withFixedSeeds } from './script.ts';

type Curve = 'Aggressive' | 'Linear' | 'Lazy';

/** How far the strength has gone, from 0 to 1, by how far the loops have. */
const curves: Readonly<Record<Curve, (progress: number) => number>> = {
  Aggressive: (progress) => Math.sin((progress * Math.PI) / 2),
  Linear: (progress) => progress,
  Lazy: (progress) => 1 - Math.cos((progress * Math.PI) / 2),
};

/** As `imageToImage` takes it where a recipe says nothing. */
const usualStrength = 0.75;

export const loopback: Script<'loopback'> = {
  expand: (open, { loops = 4, finalStrength = 0.5, curve = 'Linear' }, world) => {
    const { start } = open;
    if (start === undefined) throw invalidScript('is needed: loopback begins with a picture', 'start');
    const recipe = { ...withFixedSeeds(open, world), batchSize: 1, batchCount: 1 };
    const chains = open.batchCount;
    requireFewDrawings(chains * loops);
    const first = start.strength ?? usualStrength;
    const notes: Notes = [
      ['Final denoising strength', String(finalStrength)],
      ['Denoising curve', curve],
    ];
    const strengthOf = (loop: number): number =>
      loop === 0 ? first : first + (finalStrength - first) * curves[curve](loop / (loops - 1));
    const drawings = Array.from({ length: chains * loops }, (_, index): Drawing => {
      const loop = index % loops;
      const isFirst = loop === 0;
      // What was masked has been filled by the first drawing; the others go on from that.
      const mask = start.mask && (isFirst ? start.mask : { ...start.mask, content: 'original' as const });
      return {
        recipe: {
          ...recipe,
          seed: recipe.seed + index,
          start: { ...start, strength: strengthOf(loop), ...(mask && { mask }) },
        },
        notes,
        ...(!isFirst && { startsFrom: index - 1 }),
      };
    });
    // Of several chains only the ends stand on the sheet.
    const shown = drawings
      .map((_, index) => index)
      .filter((index) => chains === 1 || index % loops === loops - 1);
    const sheet = {
      columns: shown.length,
      places: shown.map((variant) => ({ variant })),
      columnLabels: [],
      rowLabels: [],
      margin: 0,
      like: 0,
      notes: [],
    };
    return { drawings, sheets: shown.length > 1 ? [sheet] : [] };
  },
};
