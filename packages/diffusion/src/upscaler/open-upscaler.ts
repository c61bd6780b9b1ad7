import { openWeights } from '../checkpoint/open-weights.ts';
import { EngineError } from '../errors.ts';
import type { SessionOptions } from '../runtime/session.ts';
import { recogniseNetwork } from './networks/recognise.ts';
import { sessionUpscaler } from './networks/session-upscaler.ts';
import { packageUpscalers } from './package-upscalers.ts';
import { resizerNames, resizingUpscaler } from './resizing-upscalers.ts';
import { openTfjsWeights } from './tfjs-weights.ts';
import { findUpscalerFiles } from './upscaler-files.ts';
import type { Upscaler } from './upscaler.ts';

export type { UpscaleOptions, Upscaler } from './upscaler.ts';

export type OpenUpscalerOptions = SessionOptions & {
  /** Folders with models, in whose `ESRGAN`, `RealESRGAN` ... files are looked for; default none. */
  readonly folders?: readonly string[];
};

/** The upscalers that come with the engine. */
export const upscalerNames: readonly string[] = [
  ...resizerNames,
  ...packageUpscalers().map(({ name }) => name),
];

/**
 * Opens an upscaler by a name or title that `listUpscalers` gives, case aside.
 * @throws EngineError 'request.invalid' for another name; 'checkpoint.*' for a file that cannot be used.
 * @example
 *   await using upscaler = await openUpscaler('R-ESRGAN 4x+', { folders: ['data/models'] });
 *   const large = await upscaleBy(upscaler, image, 2);
 */
export async function openUpscaler(name: string, options: OpenUpscalerOptions = {}): Promise<Upscaler> {
  const { folders = [], ...sessionOptions } = options;
  const isMeant = (one: string): boolean => one.toLowerCase() === name.toLowerCase();

  const resizer = resizerNames.find(isMeant);
  const resizing = resizer === undefined ? undefined : resizingUpscaler(resizer);
  if (resizing !== undefined) return resizing;

  const installed = packageUpscalers().find((one) => isMeant(one.name) || isMeant(one.title));
  if (installed !== undefined) {
    const { network, weights } = recogniseNetwork(await openTfjsWeights(installed.path));
    return await sessionUpscaler(installed, network, weights, sessionOptions);
  }
  const files = await findUpscalerFiles(folders);
  const file = files.find((one) => isMeant(one.name));
  if (file === undefined) {
    const known = [...upscalerNames, ...files.map((one) => one.name)];
    const reason = `there is no "${name.slice(0, 200)}"; choose ${known.join(', ')}`;
    throw new EngineError('request.invalid', { field: 'upscaler', reason });
  }
  const { network, weights } = recogniseNetwork(await openWeights(file.path));
  return await sessionUpscaler({ name: file.name, title: file.name }, network, weights, sessionOptions);
}
