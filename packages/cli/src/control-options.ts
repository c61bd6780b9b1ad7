/** The option for ControlNets. */
import type { RecipeInput } from '@bottega/contract';
import type { Catalogue } from './catalogue.ts';
import { type Options, UsageError, type Values } from './command.ts';
import { given, text, texts } from './options.ts';
import type { Pictures } from './pictures.ts';

export const controlOptions = {
  control: {
    type: 'string',
    multiple: true,
    value: 'KEY=VALUE,...',
    description:
      'a ControlNet to follow: model=NAME,image=FILE,module=canny,weight=1; may come several times',
  },
} as const satisfies Options;

type Control = NonNullable<RecipeInput['controls']>[number];

const numbers = {
  weight: 'weight',
  start: 'start',
  end: 'end',
  resolution: 'resolution',
  'threshold-a': 'thresholdA',
  'threshold-b': 'thresholdB',
} as const satisfies Readonly<Record<string, keyof Control>>;
const keys = [
  ...Object.keys(numbers),
  'model',
  'image',
  'mask',
  'module',
  'mode',
  'resize',
  'pixel-perfect',
  'passes',
];

type Said = ReadonlyMap<string, string>;

/** What the options call ControlNets, in their order. @throws UsageError */
export function namedControlNets(values: Values): readonly string[] {
  return texts(values, 'control').map((words) => {
    const model = pairsOf(words).get('model');
    if (!model) throw new UsageError('--control needs model=NAME or model=FILE.');
    return model;
  });
}

/** @throws UsageError, AppError `control-net.unknown`, `picture.unreadable`. */
export async function readControls(
  values: Values,
  catalogue: Pick<Catalogue, 'controlNetName'>,
  pictures: Pictures,
): Promise<Control[] | undefined> {
  const controls: Control[] = [];
  for (const words of texts(values, 'control')) {
    const said = pairsOf(words);
    const settings = await settingsOf(said, pictures);
    if (settings.image === undefined && text(values, 'from') === undefined)
      throw new UsageError('--control needs image=FILE, where the drawing does not start --from one.');
    controls.push({ model: await catalogue.controlNetName(said.get('model') ?? ''), ...settings });
  }
  return controls.length === 0 ? undefined : controls;
}

/** `model=a,image=b.png`; a value may have commas where no key follows. */
function pairsOf(words: string): Said {
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

async function settingsOf(said: Said, pictures: Pictures): Promise<Omit<Control, 'model'>> {
  const image = said.get('image');
  const mask = said.get('mask');
  const measured = Object.entries(numbers).map(
    ([key, name]) => [name, numberOf(key, said.get(key))] as const,
  );
  return given({
    image: image === undefined ? undefined : await pictures.open(image),
    mask: mask === undefined ? undefined : await pictures.open(mask),
    preprocessor: said.get('module'),
    // The recipe's schema says which there are.
    mode: said.get('mode') as Control['mode'],
    resizeMode: said.get('resize') as Control['resizeMode'],
    passes: said.get('passes') as Control['passes'],
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
