import { basename } from 'node:path';
import type { LoadOptions, Model } from '../api.ts';
import type { Decoder } from '../denoiser/network.ts';
import type { VaeConfig } from '../models/vae/config.ts';
import { openNetworks } from '../runtime/networks.ts';
import type { Networks } from '../runtime/networks.ts';
import { combine } from '../sampler/arithmetic.ts';
import type { ModelNoise } from '../sampler/plan.ts';
import { scaledLinearAlphas } from '../schedule/noise-levels.ts';
import { loadClipTokenizer } from '../tokenizer/clip-tokenizer.ts';
import { numericTokenizer } from '../tokenizer/numeric-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { openUpscaler } from '../upscaler/open-upscaler.ts';
import type { Upscaler } from '../upscaler/open-upscaler.ts';
import { fitPreview } from './fit-preview.ts';
import { stableDiffusionFactors } from './preview.ts';
import type { PreviewFactors } from './preview.ts';
import { readModelCard } from './read-model-card.ts';

/** What the pipeline needs of a loaded model beyond its public face. */
export type LoadedModel = {
  readonly networks: Networks;
  readonly tokenizer: Tokenizer;
  readonly noise: ModelNoise;
  /** From latents as the sampler knows them. */
  readonly decode: Decoder;
  /** A separate VAE, as infotext names it. */
  readonly vae?: { readonly name: string; readonly hash?: string };
  /** Fitted when first asked for. */
  readonly previewFactors: () => Promise<PreviewFactors>;
  /** The card's upscaler, opened when first asked for. */
  readonly upscaler: () => Promise<Upscaler>;
};

const loaded = new WeakMap<Model, LoadedModel>();

const clipVocabulary = 49_408;
const defaultUpscaler = 'esrgan-slim-x4';

/**
 * Opens a checkpoint for drawing. Cheap: the file's header is read and checked, weights are mapped when first used.
 * The card beside it (same name, `.json`), if there is one, gives the model its defaults.
 * @throws EngineError `checkpoint.*`, `card.malformed`
 * @example
 *   await using model = await loadModel('models/miniatura.safetensors');
 *   for await (const event of textToImage(model, { prompt: 'a red apple' })) console.log(event.type);
 */
export async function loadModel(path: string, options: LoadOptions = {}): Promise<Model> {
  const card = await readModelCard(path);
  const overrides = { ...card.architecture, ...options.overrides };
  const networks = await openNetworks(path, { ...options, overrides });
  const { family, configs } = networks;
  const [{ vocabulary }] = configs.text;
  const decode: Decoder = (latents) => networks.decoder(combine([1 / family.latentScale, latents]));
  const upscaler = once(() => openUpscaler(card.upscaler ?? defaultUpscaler, options));

  const dispose = async (): Promise<void> => {
    await networks.dispose();
    await (await upscaler.started())?.dispose();
  };
  const model: Model = { info: networks.info, card, dispose, [Symbol.asyncDispose]: dispose };
  loaded.set(model, {
    networks,
    tokenizer: vocabulary === clipVocabulary ? await loadClipTokenizer() : numericTokenizer(vocabulary),
    noise: { alphasCumprod: scaledLinearAlphas(), prediction: 'epsilon', alignedFor: family.alignedFor },
    decode,
    vae: options.vae === undefined ? undefined : vaeNames(options.vae, options.vaeSha256),
    previewFactors: once(() => previewFactorsOf(configs.vae, decode)).get,
    upscaler: upscaler.get,
  });
  return model;
}

/** @throws TypeError for what `loadModel` did not make. */
export function partsOf(model: Model): LoadedModel {
  const parts = loaded.get(model);
  if (parts === undefined) throw new TypeError('not a model that loadModel returned');
  return parts;
}

/** Of the published VAE without asking; smaller ones are quickly fitted. */
async function previewFactorsOf({ levels }: VaeConfig, decode: Decoder): Promise<PreviewFactors> {
  const isPublished = levels.map(({ channels }) => channels).join() === '128,256,512,512';
  return isPublished ? stableDiffusionFactors : await fitPreview(decode);
}

function vaeNames(path: string, sha256?: string): LoadedModel['vae'] {
  return { name: basename(path), hash: sha256?.slice(0, 10) };
}

/** Something that is made when it is first asked for, and again if that failed. */
function once<Thing>(make: () => Promise<Thing>): {
  readonly get: () => Promise<Thing>;
  readonly started: () => Promise<Thing | undefined>;
} {
  let made: Promise<Thing> | undefined;
  return {
    get: () => {
      made ??= make().catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
    started: async () => made?.catch(() => undefined),
  };
}
