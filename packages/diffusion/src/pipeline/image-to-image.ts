import type { GenerationEvent, ImageToImageRequest, Model, RunOptions, RgbImage } from '../api.ts';
import { availableMemory } from './available-memory.ts';
import { draw } from './draw.ts';
import { told } from './event-channel.ts';
import { partsOf } from './load-model.ts';
import type { Size } from './picture-size.ts';
import { outpainted } from './picture/outpaint.ts';
import { resolvePicture } from './picture/resolve-picture.ts';
import { prepareJob } from './prepare-job.ts';

/**
 * Draws pictures from words and a picture, the whole of it or what a mask encloses: A1111's "img2img" and "inpaint".
 * Otherwise as `textToImage`: the same events, nothing happens until the first is asked for, leaving ends it.
 * @throws EngineError 'request.*', 'sampler.*', 'scheduler.unknown' before anything is drawn;
 *   'checkpoint.tensor-missing' where the file has no encoder; 'model.not-finite', 'runtime.failed',
 *   'generation.cancelled' on the way.
 * @example
 *   const mask = { image: whereTheAppleIs, content: 'fill' } as const;
 *   for await (const event of imageToImage(model, { prompt: 'a pear', images: [still], mask, seed: 7 })) {
 *     if (event.type === 'picture') await writeFile('pear.png', encodePng(event.image, event.infotext));
 *   }
 */
export async function* imageToImage(
  model: Model,
  asked: ImageToImageRequest,
  options: RunOptions = {},
): AsyncGenerator<GenerationEvent, void, void> {
  const request = outpainted(asked);
  const picture = resolvePicture(request);
  const own = picture.mask?.area === 'masked' ? undefined : sizeLike(picture.images[0]);
  const sized = { ...request, width: request.width ?? own?.width, height: request.height ?? own?.height };
  const job = prepareJob(model, partsOf(model), sized, options.memoryLimit ?? availableMemory(), picture);
  yield* told((tell, signal) => draw(job, model, options, tell, signal), options.signal);
}

/** The size of a picture, or the smallest that can be drawn. */
function sizeLike({ width, height }: RgbImage): Size {
  return { width: Math.max(8, width), height: Math.max(8, height) };
}
