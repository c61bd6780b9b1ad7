/** The option of `imagine` for ControlNets. */
import { statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import {
  type ControlNet,
  type ControlNetOptions,
  type ControlRequest,
  loadControlNet,
} from '@bottega/diffusion';
import { createControlNets } from '@bottega/server/control-nets';
import { openPicture } from '@bottega/server/pictures';
import { type Context, type Options, UsageError } from './command.ts';
import { folders } from './model-files.ts';
import { given, texts } from './options.ts';
import { openFile } from './start-options.ts';

export const controlOptions = {
  control: {
    type: 'string',
    multiple: true,
    value: 'KEY=VALUE,...',
    description:
      'a ControlNet to follow: model=NAME,image=FILE,module=canny,weight=1; may come several times',
  },
} as const satisfies Options;

/** ControlNets with what they follow; released together. */
export type Controls = AsyncDisposable & { readonly controls: readonly ControlRequest[] };

const numbers = {
  weight: 'weight',
  start: 'start',
  end: 'end',
  resolution: 'resolution',
  'threshold-a': 'thresholdA',
  'threshold-b': 'thresholdB',
} as const satisfies Readonly<Record<string, keyof ControlRequest>>;
const keys = [...Object.keys(numbers), 'model', 'image', 'module', 'mode', 'resize', 'pixel-perfect'];

/** @throws UsageError, AppError `control-net.unknown`, `picture.unreadable`, EngineError `checkpoint.*`. */
export async function readControls(context: Context, options: ControlNetOptions): Promise<Controls> {
  const controls: ControlRequest[] = [];
  const opened: ControlNet[] = [];
  const dispose = async (): Promise<void> => {
    for (const one of opened) await one.dispose();
  };
  try {
    for (const words of texts(context.values, 'control')) {
      const said = pairsOf(words);
      const model = await loadControlNet(await pathOf(said.get('model') ?? '', context), options);
      opened.push(model);
      controls.push({ model, ...(await settingsOf(said, context)) });
    }
  } catch (error) {
    await dispose();
    throw error;
  }
  return { controls, [Symbol.asyncDispose]: dispose };
}

/** `model=a,image=b.png`; a value may have commas where no key follows. */
function pairsOf(words: string): ReadonlyMap<string, string> {
  const pairs = words.split(/,(?=[a-z-]+=)/).map((pair): [string, string] => {
    const [key, ...rest] = pair.split('=');
    if (!keys.includes(key) || rest.length === 0) {
      throw new UsageError(
        `--control takes KEY=VALUE with one of ${keys.toSorted().join(', ')}, not "${pair}".`,
      );
    }
    return [key, rest.join('=')];
  });
  return new Map(pairs);
}

async function pathOf(wanted: string, { cwd, env }: Context): Promise<string> {
  if (wanted === '') throw new UsageError('--control needs model=NAME or model=FILE.');
  const path = resolve(cwd, wanted);
  const isPath = isAbsolute(wanted) || /[/\\]|\.(safetensors|pth|pt|ckpt|bin)$/.test(wanted);
  if (isPath && statSync(path, { throwIfNoEntry: false })?.isFile() === true) return path;
  return (await createControlNets(folders({ env }).models).find(wanted)).path;
}

async function settingsOf(
  said: ReadonlyMap<string, string>,
  { cwd }: Context,
): Promise<Omit<ControlRequest, 'model'>> {
  const image = said.get('image');
  const measured = Object.entries(numbers).map(
    ([key, name]) => [name, numberOf(key, said.get(key))] as const,
  );
  return given({
    image: image === undefined ? undefined : await openFile(cwd, image, openPicture),
    preprocessor: said.get('module'),
    // The engine says which there are.
    mode: said.get('mode') as ControlRequest['mode'],
    resizeMode: said.get('resize') as ControlRequest['resizeMode'],
    pixelPerfect: said.get('pixel-perfect') === undefined ? undefined : said.get('pixel-perfect') !== 'false',
    ...(Object.fromEntries(measured) as Partial<Record<(typeof measured)[number][0], number>>),
  });
}

function numberOf(key: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const parsed = Number(value);
  if (value.trim() !== '' && Number.isFinite(parsed)) return parsed;
  throw new UsageError(`--control takes a number for ${key}, not "${value}".`);
}
