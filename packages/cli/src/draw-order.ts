/** Plans what a command orders, draws it, and saves its pictures and sheets. */
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { RecipeInput } from '@bottega/contract';
import { encodePng } from '@bottega/diffusion';
import {
  dataPaths,
  decode,
  openFirst,
  openTools,
  type Part,
  picturesOf,
  planOffline,
  type Plan,
  sheetMaker,
  sheetsToKeep,
  withNotes,
} from '@bottega/server/offline';
import { adapterLookup } from './adapter-files.ts';
import { openCatalogue } from './catalogue.ts';
import { type Context, UsageError } from './command.ts';
import { configuration } from './configuration.ts';
import { namedControlNets } from './control-options.ts';
import { type Drawn, drawParts } from './draw-parts.ts';
import { namingOptions } from './field-names.ts';
import { folders } from './model-files.ts';
import { given } from './options.ts';
import { createPictures } from './pictures.ts';
import { quickHash } from './quick-hash.ts';
import { refuseExisting, savePicture } from './save-picture.ts';
import { readLoading } from './loading.ts';
import { readRecipe } from './read-recipe.ts';

export type Order = {
  /** Without one it is that of `--like`. */
  readonly prompt?: string;
  readonly script?: NonNullable<RecipeInput['script']>;
  /** Where the sheet goes, or the only picture; others get numbers. */
  readonly output: string;
  /** Whether every picture is saved, and not only the sheet. */
  readonly savesPictures: boolean;
};

export type Outcome = Drawn & {
  readonly plan: Plan;
  readonly parts: readonly Part[];
  /** Files of the pictures, by index, where they are saved. */
  readonly names: readonly string[];
  readonly sheetNames: readonly string[];
  readonly seconds: number;
};

/** @throws UsageError, AppError, EngineError; the last only where no picture can be drawn. */
export async function drawOrder(context: Context, order: Order): Promise<Outcome> {
  const { values, cwd, env } = context;
  const loading = readLoading(context);
  if (extname(order.output).toLowerCase() !== '.png')
    throw new UsageError(`--output takes a name that ends in .png, not "${order.output}".`);
  const output = resolve(cwd, order.output);
  const media = createPictures(cwd);
  const catalogue = await openCatalogue(context, namedControlNets(values));
  const { data, models: modelFolders } = folders(context);
  const { prompt, script } = order;
  const recipe = {
    ...(await readRecipe(context, catalogue, media)),
    ...given({ prompt, script }),
  };
  const { styles, wildcards } = dataPaths(data);
  const places = { ...catalogue, modelFolders, styles, wildcards };
  const planned = await namingOptions(planOffline(recipe, places, media.sizes));
  const { parts } = planned;
  const plan = planned.plan ?? { variants: [], order: [0], sheets: [] };

  const count = parts.reduce((sum, part) => sum + picturesOf(part.recipe), 0);
  const areTiles = parts.some(({ tile, piece }) => (tile ?? piece) !== undefined);
  const names = !order.savesPictures || areTiles ? [] : numbered(output, count, plan.sheets.length > 0);
  const sheets = sheetsToKeep(plan, () => true);
  const namesOfSheets = numbered(output, sheets.length, false, areTiles ? '' : 'sheet-');
  if (values.force !== true) refuseExisting([...names, ...namesOfSheets]);

  const started = performance.now();
  await using tools = openTools({
    loading,
    modelMemory: configuration(env).modelMemory,
    modelFolders,
    files: {
      vaes: catalogue.vaes,
      models: async () => catalogue.models,
      hashOf: async ({ path, isFolder }) => (isFolder === true ? undefined : await quickHash(path)),
    },
    findControlNet: catalogue.controlNets.find,
    adapters: await adapterLookup(context),
    media,
  });
  const job = { parts, plan, tools, media };
  const drawn = await drawParts(context, job, async (index, { png }) => {
    if (names.length > 0) await savePicture(names[index], png);
  });
  const make = sheetMaker(
    plan,
    parts,
    async (index) => {
      const picture = drawn.pictures.get(index);
      return picture && decode(picture.png);
    },
    (start) => openFirst(start, media),
  );
  const sheetNames: string[] = [];
  for (const number of sheetsToKeep(plan, (variant) => drawn.pictures.has(parts[variant].first))) {
    const { like, notes } = plan.sheets[number];
    const [any] = drawn.pictures.values();
    const { infotext } = drawn.pictures.get(parts[like].first) ?? any;
    const name = namesOfSheets[sheets.indexOf(number)];
    await savePicture(name, encodePng(await make(number), withNotes(infotext, notes)));
    sheetNames.push(name);
  }
  const [failure] = drawn.failures.values();
  if (failure !== undefined && names.length + sheetNames.length === 0) throw failure;
  const seconds = (performance.now() - started) / 1000;
  return { ...drawn, plan, parts, names, sheetNames, seconds };
}

/** @param isAlways Whether even a single one has a number. */
function numbered(output: string, count: number, isAlways: boolean, word = ''): string[] {
  if (count === 1 && !isAlways) return [output];
  const stem = join(dirname(output), basename(output, extname(output)));
  return Array.from({ length: count }, (_, index) => `${stem}-${word}${index + 1}.png`);
}
