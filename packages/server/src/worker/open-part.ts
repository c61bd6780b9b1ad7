/** Opens what a drawing names, from its model to the pictures that it starts from, and begins it. */
import type { GenerationEvent, RgbImage, RunOptions, TextToImageRequest } from '@bottega/diffusion';
import type { ResolvedRecipe } from '../db/schema.ts';
import type { MediaStore } from '../media/media-store.ts';
import type { Part } from '../scripts/plan.ts';
import type { AdapterSlot } from './adapter-slot.ts';
import { type ControlSlot, controlsOf } from './controls.ts';
import type { Engine } from './engine.ts';
import type { ModelSlot } from './model-slot.ts';
import type { OtherFiles } from './other-files.ts';
import { secondPassOf } from './second-pass.ts';
import { startOf } from './start.ts';
import type { TileCutter } from './tile-cutter.ts';

export type PartTools = {
  readonly engine: Pick<Engine, 'textToImage' | 'imageToImage'>;
  readonly slot: ModelSlot;
  readonly files: OtherFiles;
  readonly controls: ControlSlot;
  readonly adapters: AdapterSlot;
  readonly media: Pick<MediaStore, 'get'>;
  /** Where upscalers lie. */
  readonly modelFolders: readonly string[];
  readonly version: string;
};

export type PartContext = Pick<RunOptions, 'signal' | 'previewEvery'> & {
  /** SHA-256 of the model's file, where it is known. */
  readonly sha256: string | undefined;
  /** Files of pictures that exist, by their indices in the generation. */
  readonly stored: ReadonlyMap<number, Buffer>;
  readonly cutTile: TileCutter;
};

/**
 * @param request What is left to draw of the part's recipe.
 * @throws what opening throws: AppError `vae.unknown`, `model.unknown`, `control-net.unknown`, `media.unknown`,
 *   `picture.unreadable`; EngineError `checkpoint.*`.
 */
export async function openPart(
  part: Part,
  request: TextToImageRequest,
  tools: PartTools,
  { sha256, stored, cutTile, ...run }: PartContext,
): Promise<AsyncIterable<GenerationEvent>> {
  const { engine, slot, files, media } = tools;
  const { recipe, modelPath } = part;
  const vae = await files.vaeFor(recipe, modelPath);
  const model = await slot.get({ path: modelPath, sha256, vae });
  const refinerFile = recipe.refiner && (await files.modelNamed(recipe.refiner.model));
  const refiner = refinerFile && {
    model: await slot.get(refinerFile, [model]),
    switchAt: recipe.refiner?.switchAt,
  };
  const controls = await controlsOf(recipe.controls ?? [], tools.controls, media);
  const hires = await secondPassOf(recipe.hires, model, tools);
  const whole = {
    ...request,
    ...(controls.length > 0 && { controls }),
    ...(refiner && { refiner }),
    ...(hires && { hires }),
  };
  const adapters = await tools.adapters.lookup();
  const options = { ...run, version: tools.version, adapters, upscalerFolders: tools.modelFolders };
  const { start } = startingFrom(part, stored);
  if (start === undefined) return engine.textToImage(model, whole, options);
  const engineStart = await startOf(start, media);
  if (part.piece !== undefined) {
    const { openPiece } = await import('../scripts/outpaint/open-piece.ts');
    const { finish, ...own } = await openPiece(part.piece, engineStart.images[0], recipe);
    return finished(engine.imageToImage(model, { ...whole, ...engineStart, ...own }, options), finish);
  }
  const images = await cutTile(part, engineStart.images, run);
  return engine.imageToImage(model, { ...whole, ...engineStart, images }, options);
}

async function* finished(
  events: AsyncIterable<GenerationEvent>,
  finish: (drawn: RgbImage) => RgbImage,
): AsyncGenerator<GenerationEvent> {
  for await (const event of events) {
    yield event.type === 'picture' ? { ...event, image: finish(event.image) } : event;
  }
}

/** Its recipe with the picture that an earlier part has drawn for it. */
function startingFrom({ recipe, startsFrom }: Part, stored: ReadonlyMap<number, Buffer>): ResolvedRecipe {
  const file = startsFrom === undefined ? undefined : stored.get(startsFrom);
  if (file === undefined || recipe.start === undefined) return recipe;
  return { ...recipe, start: { ...recipe.start, images: [file.toString('hex')] } };
}
