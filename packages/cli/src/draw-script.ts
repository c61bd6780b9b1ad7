/** Draws the recipes of a script one after the other, saves the sheet, and tells what is where. */
import { basename, dirname, extname, join, resolve } from 'node:path';
import { statSync } from 'node:fs';
import type { RecipeInput } from '@bottega/contract';
import { encodePng, type GenerationEvent, loadModel, type Model, textToImage } from '@bottega/diffusion';
import {
  decode,
  type Part,
  picturesOf,
  planOffline,
  type Plan,
  requestOf,
  sheetMaker,
  withNotes,
} from '@bottega/server/scripts';
import { programVersion } from '@bottega/server/version';
import { adapterLookup } from './adapter-files.ts';
import { type Context, UsageError } from './command.ts';
import { recipeOptions } from './drawing-options.ts';
import { findModels, type FoundFile, resolveModel } from './model-files.ts';
import { given, text } from './options.ts';
import { progressBar, progressText } from './progress-bar.ts';
import { quickHash } from './quick-hash.ts';
import { refuseExisting, savePicture } from './save-picture.ts';

type Picture = { readonly png: Uint8Array; readonly seed: number; readonly infotext: string };
type Failure = { readonly code: string; readonly message: string };
type Script = NonNullable<RecipeInput['script']>;

export type ScriptWishes = {
  readonly prompt: string;
  readonly script: Script;
  readonly output: string;
  /** Whether every picture is saved, and not only the sheet. */
  readonly savesPictures: boolean;
};

/** @throws UsageError, AppError, EngineError; the latter only where no picture can be drawn. */
export async function drawScript(context: Context, wishes: ScriptWishes): Promise<void> {
  const { values, cwd } = context;
  if (extname(wishes.output).toLowerCase() !== '.png')
    throw new UsageError(`--output takes a name that ends in .png, not "${wishes.output}".`);
  const output = resolve(cwd, wishes.output);
  const files = await modelFiles(context);
  const recipe = {
    ...recipeOptions(values),
    prompt: wishes.prompt,
    model: files[0].name,
    script: wishes.script,
  };
  const { plan, parts } = await planOffline(recipe, files);

  const count = parts.reduce((sum, part) => sum + picturesOf(part.recipe), 0);
  const names = wishes.savesPictures ? numbered(output, count) : [];
  const sheets = plan.sheets.flatMap(({ isPart }, index) => (isPart === true ? [] : [index]));
  const sheetNames = sheets.length > 1 ? numbered(output, sheets.length, 'sheet-') : sheets.map(() => output);
  if (values.force !== true) refuseExisting([...names, ...sheetNames]);

  const started = performance.now();
  const { pictures, failures } = await drawParts(context, plan, parts, async (index, { png }) => {
    if (wishes.savesPictures) await savePicture(names[index], png);
  });
  const make = sheetMaker(plan, parts, async (index) => {
    const picture = pictures.get(index);
    return picture && decode(picture.png);
  });
  for (const [at, index] of sheets.entries()) {
    const { like, notes } = plan.sheets[index];
    const [any] = pictures.values();
    const { infotext } = pictures.get(parts[like].first) ?? any;
    await savePicture(sheetNames[at], encodePng(await make(index), withNotes(infotext, notes)));
  }
  const seconds = (performance.now() - started) / 1000;
  report(context, { plan, parts, pictures, failures, names, sheetNames, seconds });
}

/** The wanted model first; the others may be an axis. */
async function modelFiles(context: Context): Promise<readonly FoundFile[]> {
  const path = await resolveModel(text(context.values, 'model'), context);
  const found = await findModels(context);
  const { size, mtimeMs } = statSync(path);
  const own = {
    name: basename(path, extname(path)),
    fileName: basename(path),
    path,
    bytes: size,
    modified: mtimeMs,
  };
  const others = found.filter((file) => file.path !== path);
  return [found.find((file) => file.path === path) ?? own, ...others];
}

function numbered(output: string, count: number, word = ''): string[] {
  const stem = join(dirname(output), basename(output, extname(output)));
  return Array.from({ length: count }, (_, index) => `${stem}-${word}${index + 1}.png`);
}

async function drawParts(
  context: Context,
  plan: Plan,
  parts: readonly Part[],
  save: (index: number, picture: Picture) => Promise<void>,
): Promise<{
  readonly pictures: ReadonlyMap<number, Picture>;
  readonly failures: ReadonlyMap<number, Failure>;
}> {
  const pictures = new Map<number, Picture>();
  const failures = new Map<number, Failure>();
  const bar = progressBar(context);
  let loaded: { readonly path: string; readonly model: Model } | undefined;
  const modelAt = async (path: string): Promise<Model> => {
    if (loaded?.path !== path) {
      await loaded?.model.dispose();
      loaded = undefined;
      loaded = { path, model: await open(path, context) };
    }
    return loaded.model;
  };
  const adapters = await adapterLookup(context);
  const options = { signal: context.signal, version: programVersion, adapters };
  const draw = (model: Model, part: Part) => textToImage(model, requestOf(part), options);
  try {
    for (const [place, variant] of plan.order.entries()) {
      const part = parts[variant];
      try {
        const model = await modelAt(part.modelPath);
        for await (const event of draw(model, part)) {
          if (event.type === 'step') bar.show(told(event, place, plan.order.length));
          if (event.type !== 'picture') continue;
          const infotext = withNotes(event.infotext, part.notes);
          const picture = { png: encodePng(event.image, infotext), seed: event.seed, infotext };
          pictures.set(part.first + event.index, picture);
          await save(part.first + event.index, picture);
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
    await loaded?.model.dispose();
  }
  return { pictures, failures };
}

async function open(path: string, { values }: Context): Promise<Model> {
  const mode = values.fast === true ? ('fast' as const) : undefined;
  return loadModel(path, given({ sha256: await quickHash(path), mode, device: text(values, 'device') }));
}

function told(step: GenerationEvent & { type: 'step' }, place: number, count: number): string {
  const own = progressText(step.fraction, step.step, step.steps, step.secondsRemaining);
  return `${place + 1} of ${count} ${own}`;
}

type Outcome = {
  readonly plan: Plan;
  readonly parts: readonly Part[];
  readonly pictures: ReadonlyMap<number, Picture>;
  readonly failures: ReadonlyMap<number, Failure>;
  readonly names: readonly string[];
  readonly sheetNames: readonly string[];
  readonly seconds: number;
};

function report(context: Context, outcome: Outcome): void {
  const { plan, parts, pictures, failures, names, sheetNames, seconds } = outcome;
  if (context.values.json === true) {
    const cells = parts.map((part) => ({
      ...plan.variants[part.variant].place,
      prompt: part.recipe.prompt,
      pictures: Array.from({ length: picturesOf(part.recipe) }, (_, i) => part.first + i).flatMap((index) => {
        const picture = pictures.get(index);
        if (picture === undefined) return [];
        const { seed, infotext } = picture;
        return [{ ...(names.length > 0 && { file: names[index] }), seed, infotext }];
      }),
      ...(failures.has(part.variant) && { error: failures.get(part.variant) }),
    }));
    context.print(JSON.stringify({ sheets: sheetNames, seconds, cells }));
    return;
  }
  for (const name of [...sheetNames, ...names]) context.print(name);
  for (const { message } of failures.values()) context.note(`Not drawn: ${message}\n`);
  context.note(`${pictures.size} pictures drawn in ${seconds.toFixed(1)} s.\n`);
}
