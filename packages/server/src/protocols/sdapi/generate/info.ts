/** What A1111 tells about a job beside its pictures (Processed.js). */
import type { ModelInfo, sdapi } from '@bottega/contract';
import { parseInfotext } from '@bottega/diffusion';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { type Seeds, seedsOf } from './seeds.ts';

export type InfoParts = {
  readonly request: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest;
  readonly settings: JsonObject;
  readonly seeds: Seeds;
  /** Words as they were drawn, styles included. */
  readonly prompt: string;
  readonly negativePrompt: string;
  readonly sampler: string;
  readonly model: ModelInfo | undefined;
  /** One for each picture of the answer. */
  readonly infotexts: readonly string[];
  readonly hasGrid: boolean;
  readonly startedAt: Date;
  readonly version: string;
};

export function describeJob(parts: InfoParts): sdapi.GenerationInfo {
  const { request, settings, seeds, model } = parts;
  const count = request.batch_size * request.n_iter;
  const drawn = parseInfotext(parts.infotexts.at(-1) ?? '');
  const textOf = (key: string): string | null => drawn.get(key)?.toString() ?? null;
  const each = <T>(value: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => value(index));
  return {
    prompt: request.prompt,
    all_prompts: each(() => parts.prompt),
    negative_prompt: request.negative_prompt,
    all_negative_prompts: each(() => parts.negativePrompt),
    seed: seeds.seed,
    all_seeds: each((index) => seedsOf(seeds, index).seed),
    subseed: seeds.subseed,
    all_subseeds: each((index) => seedsOf(seeds, index).subseed),
    subseed_strength: seeds.strength,
    width: request.width,
    height: request.height,
    sampler_name: parts.sampler,
    cfg_scale: request.cfg_scale,
    steps: request.steps,
    batch_size: request.batch_size,
    restore_faces: request.restore_faces ?? settings.face_restoration === true,
    face_restoration_model: null,
    sd_model_name: model?.name ?? null,
    sd_model_hash: model?.sha256?.slice(0, 10) ?? null,
    sd_vae_name: textOf('VAE'),
    sd_vae_hash: textOf('VAE hash'),
    seed_resize_from_w: request.seed_resize_from_w,
    seed_resize_from_h: request.seed_resize_from_h,
    denoising_strength: request.denoising_strength,
    extra_generation_params: {},
    index_of_first_image: parts.hasGrid ? 1 : 0,
    infotexts: [...parts.infotexts],
    styles: [...(request.styles ?? [])],
    job_timestamp: timestamp(parts.startedAt),
    clip_skip: settings.CLIP_stop_at_last_layers as number,
    is_using_inpainting_conditioning: drawn.has('Conditional mask weight'),
    version: parts.version,
  };
}

/** Local time without separators, to the second. */
export function timestamp(time: Date): string {
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '');
}
