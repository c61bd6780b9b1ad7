import { brownianNoise } from '../random/brownian-noise.ts';
import { imageNoise } from '../random/image-noise.ts';
import type { LatentShape } from '../random/image-noise.ts';
import type { Noise } from '../sampler/plan.ts';
import type { ResolvedRequest } from './resolve-request.ts';

/** The noise of the batch that begins with picture `first`. */
export function pictureNoise(request: ResolvedRequest, first: number, latentFactor: number): Noise {
  const { drawn, batchSize, randomSource: source, seedResizeFrom, subseedStrength } = request;
  const batch = request.pictures.slice(first, first + batchSize);
  const shape: LatentShape = [4, drawn.height / latentFactor, drawn.width / latentFactor];
  const seeds = batch.map(({ seed }) => seed);
  return {
    next: imageNoise({
      source,
      shape,
      seeds,
      subseeds: batch.map(({ subseed }) => subseed),
      subseedStrength,
      resizeFrom: seedResizeFrom && {
        width: Math.floor(seedResizeFrom.width / latentFactor),
        height: Math.floor(seedResizeFrom.height / latentFactor),
      },
      etaNoiseSeedDelta: request.etaNoiseSeedDelta,
    }),
    brownian: (sigmaMin, sigmaMax) => brownianNoise({ source, shape, seeds, sigmaMin, sigmaMax }),
  };
}
