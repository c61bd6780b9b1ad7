import type { GenerationEvent, Model, RunOptions, TextToImageRequest } from '../api.ts';
import { availableMemory } from './available-memory.ts';
import { draw } from './draw.ts';
import { told } from './event-channel.ts';
import { partsOf } from './load-model.ts';
import { prepareJob } from './prepare-job.ts';

/**
 * Draws pictures from words: tells of each step and each picture as they are done. Nothing happens until the first
 * event is asked for; leaving the loop early, or aborting the signal, ends the drawing before its next evaluation.
 * @throws EngineError 'request.*', 'sampler.*', 'scheduler.unknown' before anything is drawn;
 *   'model.not-finite', 'runtime.failed', 'generation.cancelled' on the way.
 * @example
 *   for await (const event of textToImage(model, { prompt: 'a red apple', seed: 7 })) {
 *     if (event.type === 'picture') await writeFile('apple.png', encodePng(event.image, event.infotext));
 *   }
 */
export async function* textToImage(
  model: Model,
  request: TextToImageRequest,
  options: RunOptions = {},
): AsyncGenerator<GenerationEvent, void, void> {
  const job = prepareJob(model, partsOf(model), request, options.memoryLimit ?? availableMemory());
  yield* told((tell, signal) => draw(job, model, options, tell, signal), options.signal);
}
