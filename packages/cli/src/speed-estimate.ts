/** How long a step will take here: operations counted from the graph, over the measured rate. */
import { expectedOperations, inspectCheckpoint, matrixRate, readModelCard } from '@bottega/diffusion';
import type { FoundFile } from './model-files.ts';

/** How much longer a network takes than its matrix products alone would; from `npm run bench engine`. */
const overhead = 1.4;

export type Estimate = {
  readonly model: string;
  readonly width: number;
  readonly height: number;
  readonly secondsAStep: number;
};

export type Speed = {
  /** Operations a second. */
  readonly matrixRate: number;
  readonly estimates: readonly Estimate[];
};

/** Estimates for Stable Diffusion 1.5 and for every installed model, with guidance (two evaluations a step). */
export async function estimateSpeed(models: readonly FoundFile[]): Promise<Speed> {
  const rate = await matrixRate();
  const estimate = async (
    model: string,
    path: string | undefined,
    width: number,
    height: number,
    factor: number,
  ): Promise<Estimate> => {
    const operations = await expectedOperations(path, { height: height / factor, width: width / factor });
    return { model, width, height, secondsAStep: (2 * overhead * operations) / rate };
  };
  const estimates = [await estimate('Stable Diffusion 1.5', undefined, 512, 512, 8)];
  for (const { name, path } of models) {
    // A file that cannot be used has no speed; `models inspect` says what is wrong with it.
    const info = await inspectCheckpoint(path).catch(() => undefined);
    if (info?.architecture.startsWith('sd1') !== true) continue;
    const card = await readModelCard(path);
    estimates.push(
      await estimate(name, path, card.native?.width ?? 512, card.native?.height ?? 512, info.latentFactor),
    );
  }
  return { matrixRate: rate, estimates };
}
