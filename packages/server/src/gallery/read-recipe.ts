/** The recipe inside somebody's picture. */
import { AppError, type ReadRecipe, recipeSchema, sdapi } from '@bottega/contract';
import {
  parseInfotext,
  type ParsedInfotext,
  readInfotext,
  resolveSampler,
  settingsIn,
} from '@bottega/diffusion';
import { loadSharp } from '../media/load-sharp.ts';
import type { Vaes } from '../models/vaes.ts';
import { readStart } from './read-start.ts';

/** Finds an installed model by its name or the first digits of its hash, or throws. */
type Models = { find(name: string): { readonly name: string } };

/** Nobody needs more, and a small file can claim to be huge. */
const largestPixels = 2 ** 27;

/**
 * @throws AppError `picture.unreadable` for what is not a PNG, JPEG or WebP or is too large when unpacked,
 * `picture.no-recipe`.
 */
export async function readRecipe(
  file: Buffer,
  models: Models,
  vaes: Pick<Vaes, 'find'>,
): Promise<ReadRecipe> {
  await requirePicture(file);
  const infotext = readInfotext(file);
  if (infotext === undefined || infotext.trim() === '') throw new AppError('picture.no-recipe');
  const parsed = parseInfotext(infotext);
  const { model, missing } = findModel(parsed, models);
  const start = readStart(parsed);
  const read = toRecipe(parsed);
  return {
    infotext,
    recipe: {
      ...read,
      ...(read.hires && { hires: { ...read.hires, ...hiresModelOf(parsed, models) } }),
      ...(model !== undefined && { model }),
      ...refinerOf(parsed, models),
      ...(await vaeOf(parsed, vaes)),
    },
    ...(start && { start }),
    ...(missing !== undefined && { missingModel: missing }),
  };
}

/** The first bytes of PNG, JPEG and WebP (RIFF, a length, WEBP). */
const signatures = /^(89504e470d0a1a0a|ffd8ff|52494646.{8}57454250)/;

/** Reads the header only: nothing is unpacked. Other formats do not even reach a decoder. */
async function requirePicture(file: Buffer): Promise<void> {
  if (!signatures.test(file.toString('hex', 0, 12))) throw unreadable('it is not a PNG, JPEG or WebP');
  const sharp = await loadSharp();
  const { width, height } = await sharp(file, { limitInputPixels: false })
    .metadata()
    .catch((cause: unknown) => {
      throw unreadable('it is damaged', cause);
    });
  if (width * height > largestPixels) throw unreadable(`${width}x${height} pixels are too many`);
}

function unreadable(reason: string, cause?: unknown): AppError {
  return new AppError('picture.unreadable', { reason }, { cause });
}

/** A1111's names to ours, with how each value is read. Values that our recipes cannot hold are left out. */
const readers: Readonly<Record<string, (parsed: ParsedInfotext) => unknown>> = {
  prompt: text('Prompt'),
  negativePrompt: text('Negative prompt'),
  // Old versions wrote both into one name: "DPM++ 2M Karras".
  sampler: (parsed) => parsed.has('Sampler') && sampling(parsed).sampler.name,
  scheduler: (parsed) => parsed.has('Sampler') && sampling(parsed).scheduler.label,
  steps: number('Steps'),
  width: number('Size-1'),
  height: number('Size-2'),
  cfgScale: number('CFG scale'),
  seed: number('Seed'),
  subseed: number('Variation seed'),
  subseedStrength: number('Variation seed strength'),
  seedResizeFrom: (parsed) => {
    const width = number('Seed resize from-1')(parsed);
    return width === undefined ? undefined : { width, height: number('Seed resize from-2')(parsed) };
  },
  clipSkip: number('Clip skip'),
  emphasis: text('Emphasis'),
  // A1111's "GPU" is CUDA's noise, which "NV" imitates.
  randomSource: (parsed) => (text('RNG')(parsed) === 'CPU' ? 'CPU' : 'NV'),
  etaNoiseSeedDelta: number('ENSD'),
  tokenMerging: number('Token merging ratio'),
  tiling: (parsed) => (text('Tiling')(parsed) === 'True' ? true : undefined),
  samplerOptions: (parsed) => {
    const usual: Readonly<Record<string, unknown>> = sdapi.optionDefaults;
    const changed = Object.entries(settingsIn(parsed)).filter(([name, value]) => value !== usual[name]);
    return changed.length === 0 ? undefined : Object.fromEntries(changed);
  },
  hires: (parsed) => {
    if (!parsed.has('Hires upscale') && !parsed.has('Hires upscaler')) return undefined;
    const read = Object.entries(hiresReaders).map(([name, reader]) => [name, reader(parsed)] as const);
    return Object.fromEntries(read.filter(([, value]) => value !== undefined));
  },
};

/** What A1111 writes for "nothing of its own", where it is read as a value. */
const same = new Set(['', 'Use same sampler', 'Use same scheduler', 'Use same checkpoint']);

/** The second pass, but for its checkpoint, which may not be installed. */
const hiresReaders: Readonly<Record<string, (parsed: ParsedInfotext) => unknown>> = {
  scale: number('Hires upscale'),
  width: (parsed) => number('Hires resize-1')(parsed) || undefined,
  height: (parsed) => number('Hires resize-2')(parsed) || undefined,
  upscaler: text('Hires upscaler'),
  steps: number('Hires steps'),
  strength: number('Denoising strength'),
  sampler: own('Hires sampler'),
  scheduler: own('Hires schedule type'),
  prompt: own('Hires prompt'),
  negativePrompt: own('Hires negative prompt'),
  cfgScale: number('Hires CFG Scale'),
  tokenMerging: number('Token merging ratio hr'),
};

function toRecipe(parsed: ParsedInfotext): ReadRecipe['recipe'] {
  const fields = recipeSchema.partial().shape;
  return Object.fromEntries(
    Object.entries(readers).flatMap(([name, read]) => {
      const value = read(parsed);
      const checked = fields[name as keyof typeof fields].safeParse(value);
      return value !== undefined && checked.success ? [[name, checked.data]] : [];
    }),
  );
}

function sampling(parsed: ParsedInfotext) {
  return resolveSampler(text('Sampler')(parsed), text('Schedule type')(parsed), false);
}

function text(name: string) {
  return (parsed: ParsedInfotext): string | undefined =>
    parsed.has(name) ? String(parsed.get(name)) : undefined;
}

function own(name: string) {
  return (parsed: ParsedInfotext): string | undefined => {
    const value = text(name)(parsed);
    return value === undefined || same.has(value) ? undefined : value;
  };
}

function number(name: string) {
  return (parsed: ParsedInfotext): number | undefined => {
    const value = text(name)(parsed);
    return value === undefined || value.trim() === '' ? undefined : Number(value);
  };
}

/** Where it is installed: drawing without it says nothing of a model that is missing. */
function refinerOf(parsed: ParsedInfotext, models: Models): Pick<ReadRecipe['recipe'], 'refiner'> {
  const named = text('Refiner')(parsed);
  const model = named === undefined ? undefined : tryFind(models, named);
  if (model === undefined) return {};
  const share = recipeSchema.shape.refiner.safeParse({
    model,
    switchAt: number('Refiner switch at')(parsed),
  });
  return share.success ? { refiner: share.data } : {};
}

/** Where it is installed. */
function hiresModelOf(parsed: ParsedInfotext, models: Models): { readonly model?: string } {
  const named = own('Hires checkpoint')(parsed);
  const model = named === undefined ? undefined : tryFind(models, named);
  return model === undefined ? {} : { model };
}

/** Where it is installed; the model's own draws nearly the same. */
async function vaeOf(
  parsed: ParsedInfotext,
  vaes: Pick<Vaes, 'find'>,
): Promise<Pick<ReadRecipe['recipe'], 'vae'>> {
  const named = text('VAE')(parsed);
  const found = named === undefined ? undefined : await vaes.find(named).catch(() => undefined);
  return found === undefined ? {} : { vae: found.fileName };
}

/** By hash first: names are changed, contents are not. */
function findModel(
  parsed: ParsedInfotext,
  models: Models,
): { readonly model?: string; readonly missing?: string } {
  const [hash, name] = [text('Model hash')(parsed), text('Model')(parsed)];
  for (const known of [hash, name]) {
    const found = known === undefined ? undefined : tryFind(models, known);
    if (found !== undefined) return { model: found };
  }
  const missing = [name, hash && `[${hash}]`].filter(Boolean).join(' ');
  return missing === '' ? {} : { missing };
}

/** @param title A name, a hash, or `name [hash]`. */
function tryFind(models: Models, title: string): string | undefined {
  const [, name, hash] = /^(.*) \[([0-9a-f]+)\]$/.exec(title) ?? [];
  for (const known of [title, hash, name]) {
    try {
      if (known !== undefined) return models.find(known).name;
    } catch {
      // The next is tried.
    }
  }
  return undefined;
}
