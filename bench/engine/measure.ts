/** One measurement in a process of its own; the request is the argument, the result is JSON on standard output. */
import { matrixRate } from '../../packages/diffusion/src/runtime/matrix-rate.ts';
import { measureDecoder } from './measure-decoder.ts';
import { measurePicture } from './measure-picture.ts';
import { measureUNet } from './measure-unet.ts';

export type Request =
  | { readonly task: 'rate' }
  | {
      readonly task: 'unet';
      readonly file: string;
      readonly mode: 'default' | 'fast' | 'int8';
      readonly runs: number;
      /** Height and width of the latents. */
      readonly side: number;
      /** Where quantised weights go. */
      readonly folder: string;
      /** Share of the finest level's pixels that are merged. */
      readonly merging?: number;
      /** Whether what depends on the text alone is computed at every evaluation. */
      readonly forgets?: boolean;
    }
  | {
      readonly task: 'decoder';
      readonly file: string;
      readonly mode: 'default' | 'fast';
      readonly runs: number;
      readonly side: number;
      readonly folder: string;
    }
  | {
      readonly task: 'picture';
      readonly file: string;
      readonly mode: 'default' | 'fast' | 'int8';
      readonly runs: number;
      readonly side: number;
      readonly steps: number;
      readonly folder: string;
    };

const request: Request = JSON.parse(process.argv[2]);
console.log(JSON.stringify(await measure(request)));

async function measure(asked: Request): Promise<object> {
  if (asked.task === 'rate') return { rate: await matrixRate() };
  if (asked.task === 'picture') return measurePicture(asked);
  return asked.task === 'unet' ? await measureUNet(asked) : await measureDecoder(asked);
}
