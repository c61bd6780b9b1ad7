import { basename } from 'node:path';
import type { LoadOptions, Model } from '../api.ts';
import type { Decoder } from '../denoiser/network.ts';
import type { TextConfig, TextPart } from '../models/families/family.ts';
import { openNetworks } from '../runtime/networks.ts';
import type { Networks } from '../runtime/networks.ts';
import { combine } from '../sampler/arithmetic.ts';
import { loadClipTokenizer } from '../tokenizer/clip-tokenizer.ts';
import { numericTokenizer } from '../tokenizer/numeric-tokenizer.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import { openUpscaler } from '../upscaler/open-upscaler.ts';
import type { Upscaler } from '../upscaler/open-upscaler.ts';
import { availableMemory } from './available-memory.ts';
import type { Training } from './model-noise.ts';
import { openPreviews } from './preview/previews.ts';
import type { Previews } from './preview/previews.ts';
import { readModelCard } from './read-model-card.ts';
import { trainingOf } from './training.ts';

/** What the pipeline needs of a loaded model beyond its public face. */
export type LoadedModel = {
  readonly networks: Networks;
  /** One for each text encoder. */
  readonly tokenizers: readonly Tokenizer[];
  readonly training: Training;
  /** From latents as the sampler knows them. */
  readonly decode: Decoder;
  /** A separate VAE, as infotext names it. */
  readonly vae?: { readonly name: string; readonly hash?: string };
  /** Opened or fitted when first asked for. */
  readonly previews: () => Promise<Previews>;
  /** The card's upscaler, opened when first asked for. */
  readonly upscaler: () => Promise<Upscaler>;
  /** The same whose pictures have edges that fit together. */
  readonly tiled: () => LoadedModel;
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
  const networks = await openNetworks(path, { ...options, overrides, freeMemory: availableMemory });
  const { family, configs } = networks;
  const decode = decoderOf(networks);
  const upscaler = once(() => openUpscaler(card.upscaler ?? defaultUpscaler, options));

  const previews = once(() => openPreviews(networks, decode, options));

  const dispose = async (): Promise<void> => {
    await networks.dispose();
    await (await previews.started())?.dispose();
    await (await upscaler.started())?.dispose();
  };
  const model: Model = { info: networks.info, card, dispose, [Symbol.asyncDispose]: dispose };
  const parts: LoadedModel = {
    networks,
    tokenizers: await Promise.all(configs.text.map((text, i) => tokenizerOf(text, family.textEncoders[i]))),
    training: await trainingOf(networks, overrides),
    decode,
    vae: options.vae === undefined ? undefined : vaeNames(options.vae, options.vaeSha256),
    previews: previews.get,
    upscaler: upscaler.get,
    tiled: () => ({ ...parts, networks: networks.tiled(), decode: decoderOf(networks.tiled()) }),
  };
  loaded.set(model, parts);
  return model;
}

/**
 * @param tiling whether its pictures' edges are to fit together; default false.
 * @throws TypeError for what `loadModel` did not make.
 */
export function partsOf(model: Model, tiling = false): LoadedModel {
  const parts = loaded.get(model);
  if (parts === undefined) throw new TypeError('not a model that loadModel returned');
  return tiling ? parts.tiled() : parts;
}

/** From latents as the sampler knows them. */
function decoderOf({ decoder, family }: Networks): Decoder {
  return (latents) => decoder(combine([1 / family.latentScale, latents]));
}

async function tokenizerOf({ vocabulary }: TextConfig, { dialect }: TextPart): Promise<Tokenizer> {
  return vocabulary === clipVocabulary ? await loadClipTokenizer(dialect) : numericTokenizer(vocabulary);
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
