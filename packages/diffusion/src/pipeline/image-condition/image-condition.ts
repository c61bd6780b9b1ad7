import type { Encoder } from '../../denoiser/network.ts';
import type { Networks } from '../../runtime/networks.ts';
import type { Tensor } from '../../tensor.ts';
import { refuse } from '../checks.ts';
import type { Job, JobStart } from '../prepare-job.ts';
import { editCondition } from './edit.ts';
import { inpaintingCondition } from './inpainting.ts';

/** What the UNet of a variant is made of sees beside the noisy latents. */
export type ImageConditionInput = {
  readonly start?: JobStart;
  readonly batch: number;
  /** Of the latents. */
  readonly height: number;
  readonly width: number;
  /** Pixels along one side of a latent element. */
  readonly latentFactor: number;
  readonly latentScale: number;
  readonly encode: Encoder;
  /** Of the masked part, how much is not shown; 0 to 1. */
  readonly maskWeight: number;
};

type Variant = {
  /** More channels of the UNet's input, `[batch, n, h, w]`. */
  readonly condition: (input: ImageConditionInput) => Promise<Tensor>;
  /** Whether there must be a picture to start from. */
  readonly needsPicture: boolean;
  /** Whether there are two guidances, towards the words and towards the picture. */
  readonly isGuidedByPicture: boolean;
};

/** By the channels that the UNet takes. */
const variants: ReadonlyMap<number, Variant> = new Map([
  [9, { condition: inpaintingCondition, needsPicture: false, isGuidedByPicture: false }],
  [8, { condition: editCondition, needsPicture: true, isGuidedByPicture: true }],
]);

/** @throws EngineError 'request.invalid' where a model needs a picture and there is none. */
export function checkVariant({ configs, info }: Networks, picture: object | undefined): void {
  if (picture !== undefined || !variants.get(configs.unet.inChannels)?.needsPicture) return;
  refuse('images', `must name a picture: ${info.title} changes pictures and draws none`, 'none');
}

/** What the job's model sees beside the noisy latents; undefined for models that see nothing else. */
export async function imageConditionOf(
  { configs, family, info }: Networks,
  { start, request, modelOptions }: Pick<Job, 'start' | 'request' | 'modelOptions'>,
  encode: Encoder,
): Promise<Tensor | undefined> {
  const { latentFactor } = info;
  return await variants.get(configs.unet.inChannels)?.condition({
    start,
    batch: request.batchSize,
    height: request.drawn.height / latentFactor,
    width: request.drawn.width / latentFactor,
    latentFactor,
    latentScale: family.latentScale,
    encode,
    maskWeight: modelOptions.conditionalMaskWeight,
  });
}

/** The second guidance scale, for models that have one. */
export function imageScaleOf({ configs }: Networks, { start }: Pick<Job, 'start'>): number | undefined {
  return variants.get(configs.unet.inChannels)?.isGuidedByPicture ? start?.picture.imageCfgScale : undefined;
}

/** What A1111 writes of the mask's weight, where it acts. */
export function maskWeightOf(
  { configs }: Networks,
  { modelOptions }: Pick<Job, 'modelOptions'>,
): number | undefined {
  return configs.unet.inChannels === 9 ? modelOptions.conditionalMaskWeight : undefined;
}
