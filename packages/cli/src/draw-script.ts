/** Draws the recipes of a script one after the other, saves the sheet, and tells what is where. */
import { basename, dirname, extname, join, resolve } from 'node:path';
import { statSync } from 'node:fs';
import type { RecipeInput } from '@bottega/contract';
import { encodePng } from '@bottega/diffusion';
import {
  decode,
  type Part,
  picturesOf,
  planOffline,
  type Plan,
  sheetMaker,
  withNotes,
} from '@bottega/server/scripts';
import { type Context, UsageError } from './command.ts';
import { type Drawn, drawParts } from './draw-parts.ts';
import { recipeOptions } from './drawing-options.ts';
import { findModels, type FoundFile, resolveModel } from './model-files.ts';
import { given, text } from './options.ts';
import { refuseExisting, savePicture } from './save-picture.ts';
import { readStart, type Start } from './start-options.ts';

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
  const start = await readStart(values, cwd);
  const files = await modelFiles(context);
  const recipe = {
    ...recipeOptions(values),
    prompt: wishes.prompt,
    model: files[0].name,
    script: wishes.script,
    ...(start && { start: recipeStart(start) }),
  };
  const sizes = new Map(start?.images.map((image) => [firstPicture, image]));
  const { plan, parts } = await planOffline(recipe, files, sizes);

  const count = parts.reduce((sum, part) => sum + picturesOf(part.recipe), 0);
  const isTiled = parts.some((part) => part.tile !== undefined);
  const names = wishes.savesPictures && !isTiled ? numbered(output, count) : [];
  const sheets = plan.sheets.flatMap(({ isPart }, index) => (isPart === true ? [] : [index]));
  const sheetNames = sheets.length > 1 ? numbered(output, sheets.length, 'sheet-') : sheets.map(() => output);
  if (values.force !== true) refuseExisting([...names, ...sheetNames]);

  const started = performance.now();
  const job = { plan, parts, ...(start && { start }) };
  const { pictures, failures } = await drawParts(context, job, async (index, { png }) => {
    if (names.length > 0) await savePicture(names[index], png);
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

/** Stands for the picture on the disk where a recipe names one that a server holds. */
const firstPicture = '0'.repeat(64);

/** What scripts look at and change. */
function recipeStart({ strength, resizeMode, mask }: Start): NonNullable<RecipeInput['start']> {
  return {
    images: [firstPicture],
    ...given({ strength, resizeMode }),
    ...(mask && {
      mask: { image: firstPicture, ...given({ content: mask.content, area: mask.area }) },
    }),
  };
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

type Outcome = Drawn & {
  readonly plan: Plan;
  readonly parts: readonly Part[];
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
