import type { CheckpointInfo } from '../../api.ts';
import { pythonFloat } from '../../infotext/python-float.ts';
import type { InfotextParameters } from '../../infotext/write.ts';
import { latentUpscaler } from './latent-upscalers.ts';
import type { ResolvedHires } from './resolve-hires.ts';

export type HiresParametersInput = {
  readonly hires: ResolvedHires;
  readonly first: {
    readonly sampler: string;
    readonly prompt: string;
    readonly negativePrompt: string;
    readonly cfgScale: number;
  };
  readonly sampler: string;
  /** Of the second pass, where it is another. */
  readonly model?: CheckpointInfo;
};

/** The place of what the sampler says only in drawing. */
export const scheduleTypeKey = 'Hires schedule type';

/** What A1111 writes of a second pass, in its order; what equals the first pass is left out. */
export function hiresParameters({ hires, first, sampler, model }: HiresParametersInput): InfotextParameters {
  const { width, height } = hires;
  const isScaled = width === undefined && height === undefined;
  const hash = model?.sha256 === undefined ? '' : ` [${model.sha256.slice(0, 10)}]`;
  const cfgScale = other(hires.cfgScale, first.cfgScale);
  return [
    ['Hires checkpoint', model && model.name + hash],
    ['Hires sampler', other(sampler, first.sampler)],
    ['Hires prompt', other(hires.prompt, first.prompt)],
    ['Hires negative prompt', other(hires.negativePrompt, first.negativePrompt)],
    // The original has no such thing; its successor Forge calls it so.
    ['Hires CFG Scale', cfgScale === undefined ? undefined : pythonFloat(cfgScale)],
    [scheduleTypeKey, undefined],
    ['Hires upscale', isScaled ? pythonFloat(hires.scale) : undefined],
    ['Hires resize', isScaled ? undefined : `${width ?? 0}x${height ?? 0}`],
    ['Hires steps', hires.askedSteps || undefined],
    ['Hires upscaler', latentUpscaler(hires.upscaler)?.name ?? hires.upscaler],
  ];
}

/** What is worth saying: nothing where it is as usual. */
function other<Value>(value: Value, usual: Value): Value | undefined {
  return value === usual ? undefined : value;
}
