import type { Axis } from '@bottega/contract';
import { axesOf } from '../../../scripts/plot/axes.ts';
import type { AxisOption } from '../../../scripts/plot/axis.ts';
import { RequestMismatch } from '../request.ts';
import type { Argument, ArgumentReader } from './arguments.ts';
import { cellsOf, type Kind, type Lists, oneByOne, type SelectableScript, sheetsOf } from './selectable.ts';

/** Where each axis' three arguments begin: its type, its values as text and as a list. */
const places = { x: 0, y: 3, z: 6 } as const;

export const plot: SelectableScript = {
  name: 'x/y/z plot',
  on: ['txt2img', 'img2img'],
  count: 18,
  describe: (kind, lists) => [
    ...(['X', 'Y', 'Z'] as const).flatMap((letter) => describeAxis(letter, kind, lists)),
    { label: 'Draw legend', value: true },
    { label: 'Include Sub Images', value: false },
    { label: 'Include Sub Grids', value: false },
    { label: 'Keep -1 for seeds', value: false },
    { label: 'Vary seeds for X', value: false },
    { label: 'Vary seeds for Y', value: false },
    { label: 'Vary seeds for Z', value: false },
    { label: 'Grid margins (px)', value: 0, minimum: 0, maximum: 500, step: 2 },
    { label: 'Use text inputs instead of dropdowns', value: false },
  ],
  read: (args, kind) => {
    const axis = (name: keyof typeof places) => readAxis(args, places[name], kind);
    const [x, y, z] = [axis('x'), axis('y'), axis('z')];
    return {
      name: 'x/y/z plot',
      ...(x && { x }),
      ...(y && { y }),
      ...(z && { z }),
      legend: args.flag(9),
      subGrids: args.flag(11),
      keepRandomSeeds: args.flag(12),
      varySeeds: (['x', 'y', 'z'] as const).filter((_, index) => args.flag(13 + index)),
      margin: args.number(16),
    };
  },
  show: (generation, args) => {
    const [all, ...flats] = sheetsOf(generation);
    // Of one Z value the sheet is the same, and A1111 gives it twice.
    const subGrids = args.flag(11) ? (flats.length === 0 ? [all] : flats) : [];
    const cells = args.flag(10) ? cellsOf(generation) : [];
    return [...oneByOne([all, ...subGrids].filter(Boolean)), ...cells];
  },
  showsOneOfBatch: true,
  indexOfFirstImage: 1,
};

/** Axes come as places in A1111's list of them; names are understood too. */
function readAxis({ raw, text, flag }: ArgumentReader, at: number, kind: Kind): Axis | undefined {
  const options = axesOf(kind);
  const type = raw(at);
  const label = text(at).trim().toLowerCase();
  const option =
    typeof type === 'number' || /^\d+$/.test(label)
      ? options[Number(label)]
      : options.find((one) => one.label.toLowerCase() === label);
  if (option === undefined) {
    const msg = `there is no such axis; /sdapi/v1/script-info lists ${options.length}`;
    throw new RequestMismatch([{ loc: ['body', 'script_args', at], msg, type: 'value_error.const' }]);
  }
  if (option === options[0]) return undefined;
  const list = raw(at + 2);
  const isChosen = option.choices !== undefined && !flag(17) && Array.isArray(list) && list.length > 0;
  return { type: option.label, values: isChosen ? list.map(String) : text(at + 1) };
}

function describeAxis(letter: 'X' | 'Y' | 'Z', kind: Kind, lists: Lists): Argument[] {
  const labels = axesOf(kind).map(({ label }) => label);
  return [
    { label: `${letter} type`, value: labels[letter === 'X' ? 1 : 0], choices: labels },
    { label: `${letter} values`, value: '' },
    {
      label: `${letter} values`,
      value: [],
      choices: [...new Set(axesOf(kind).flatMap((axis) => choicesOf(axis, lists)))],
    },
  ];
}

function choicesOf({ choices = [] }: AxisOption, lists: Lists): readonly string[] {
  if (typeof choices !== 'string') return choices;
  return choices in lists ? lists[choices as keyof Lists] : [];
}
