/** Draws the recipes of a plan in its order, with one model in memory at a time. */
import {
  encodePng,
  type GenerationEvent,
  imageToImage,
  loadModel,
  type Model,
  textToImage,
} from '@bottega/diffusion';
import {
  createTileCutter,
  decode,
  type Part,
  type Plan,
  requestOf,
  type TileCutter,
  withNotes,
} from '@bottega/server/scripts';
import { programVersion } from '@bottega/server/version';
import { adapterLookup } from './adapter-files.ts';
import type { Context } from './command.ts';
import { folders } from './model-files.ts';
import { given, text } from './options.ts';
import { progressBar, progressText } from './progress-bar.ts';
import { quickHash } from './quick-hash.ts';
import type { Start } from './start-options.ts';

export type Picture = { readonly png: Uint8Array; readonly seed: number; readonly infotext: string };
export type Failure = { readonly code: string; readonly message: string };
export type Drawn = {
  /** By their indices in the plan. */
  readonly pictures: ReadonlyMap<number, Picture>;
  /** By variant. */
  readonly failures: ReadonlyMap<number, Failure>;
};

type Options = Parameters<typeof textToImage>[2];

/**
 * @param start What parts with a `start` begin with, unless they begin with another part's picture.
 * @param onPicture Waited for after each picture.
 * @throws EngineError only where no picture can be drawn, or when interrupted.
 */
export async function drawParts(
  context: Context,
  { plan, parts, start }: { readonly plan: Plan; readonly parts: readonly Part[]; readonly start?: Start },
  onPicture: (index: number, picture: Picture) => Promise<void>,
): Promise<Drawn> {
  const pictures = new Map<number, Picture>();
  const failures = new Map<number, Failure>();
  const bar = progressBar(context);
  const cutTile = createTileCutter({
    mode: 'default',
    device: 'cpu',
    modelFolders: [...folders(context).models],
  });
  const options: Options = {
    signal: context.signal,
    version: programVersion,
    adapters: await adapterLookup(context),
  };
  await using models = modelKeeper(context);
  try {
    for (const [place, variant] of plan.order.entries()) {
      const part = parts[variant];
      try {
        const model = await models.get(part.modelPath);
        for await (const event of await draw(model, part, { start, pictures, cutTile, options })) {
          if (event.type === 'step') bar.show(told(event, place, plan.order.length));
          if (event.type !== 'picture') continue;
          const infotext = withNotes(event.infotext, part.notes);
          const picture = { png: encodePng(event.image, infotext), seed: event.seed, infotext };
          pictures.set(part.first + event.index, picture);
          await onPicture(part.first + event.index, picture);
        }
      } catch (error) {
        const failure = error as Error & { readonly code?: string };
        const isOfOne = failure.name === 'EngineError' && !context.signal.aborted;
        if (!isOfOne || failures.size + 1 === parts.length) throw error;
        failures.set(variant, { code: String(failure.code), message: failure.message });
      }
    }
  } finally {
    bar.clear();
  }
  return { pictures, failures };
}

type Beginning = {
  readonly start?: Start;
  readonly pictures: ReadonlyMap<number, Picture>;
  readonly cutTile: TileCutter;
  readonly options: Options;
};

async function draw(
  model: Model,
  part: Part,
  { start, pictures, cutTile, options = {} }: Beginning,
): Promise<AsyncIterable<GenerationEvent>> {
  const wanted = part.recipe.start;
  if (start === undefined || wanted === undefined) return textToImage(model, requestOf(part), options);
  const before = part.startsFrom === undefined ? undefined : pictures.get(part.startsFrom);
  const own = before === undefined ? start.images : [await decode(before.png)];
  const { strength, resizeMode = start.resizeMode, mask } = wanted;
  const request = {
    ...requestOf(part),
    images: await cutTile(part, own, { signal: options.signal }),
    ...given({
      strength,
      resizeMode,
      mask: mask && start.mask && { ...start.mask, ...given({ content: mask.content }) },
    }),
  };
  return imageToImage(model, request, options);
}

/** Keeps the last model loaded until another is wanted. */
function modelKeeper({ values }: Context): AsyncDisposable & { get(path: string): Promise<Model> } {
  let loaded: { readonly path: string; readonly model: Model } | undefined;
  const drop = async (): Promise<void> => {
    const before = loaded;
    loaded = undefined;
    await before?.model.dispose();
  };
  return {
    get: async (path) => {
      if (loaded?.path === path) return loaded.model;
      await drop();
      const mode = values.fast === true ? ('fast' as const) : undefined;
      const options = given({ sha256: await quickHash(path), mode, device: text(values, 'device') });
      loaded = { path, model: await loadModel(path, options) };
      return loaded.model;
    },
    [Symbol.asyncDispose]: drop,
  };
}

function told(step: GenerationEvent & { type: 'step' }, place: number, count: number): string {
  const own = progressText(step.fraction, step.step, step.steps, step.secondsRemaining);
  return `${place + 1} of ${count} ${own}`;
}
