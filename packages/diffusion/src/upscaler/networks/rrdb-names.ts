import type { Shapes } from '../../models/shapes.ts';

/** The layers of an RRDB network, under the names that the file has for them. */
export type RrdbNames = {
  readonly first: string;
  /** Of convolution 1 to 5 of dense block 1 to 3 of a block; `conv1x1` of ESRGAN+ likewise. */
  readonly dense: (block: number, dense: number, convolution: string) => string;
  readonly trunk: string;
  readonly blocks: number;
  /** One for each doubling. */
  readonly up: readonly string[];
  readonly large: string;
  readonly last: string;
};

/** In three layouts: ESRGAN's own sequence, that of BSRGAN and Real-SR, and that of Real-ESRGAN. */
export function rrdbNamesIn(shapes: Shapes): RrdbNames | undefined {
  if (shapes.has('model.1.sub.0.RDB1.conv1.0.weight')) return inSequence(shapes);
  const named = layouts.find(({ dense }) => shapes.has(`${dense(0, 1, 'conv1')}.weight`));
  if (named === undefined) return undefined;
  const { dense, up, ...names } = named;
  const doublings = counted((i) => shapes.has(`${up(i + 1)}.weight`));
  return {
    ...names,
    dense,
    blocks: counted((block) => shapes.has(`${dense(block, 1, 'conv1')}.weight`)),
    up: Array.from({ length: doublings }, (_, i) => up(i + 1)),
  };
}

type Layout = Omit<RrdbNames, 'blocks' | 'up'> & { readonly up: (number: number) => string };

const layouts: readonly Layout[] = [
  {
    first: 'conv_first',
    dense: (block, dense, convolution) => `RRDB_trunk.${block}.RDB${dense}.${convolution}`,
    trunk: 'trunk_conv',
    up: (number) => `upconv${number}`,
    large: 'HRconv',
    last: 'conv_last',
  },
  {
    first: 'conv_first',
    dense: (block, dense, convolution) => `body.${block}.rdb${dense}.${convolution}`,
    trunk: 'conv_body',
    up: (number) => `conv_up${number}`,
    large: 'conv_hr',
    last: 'conv_last',
  },
];

/**
 * Layers by their number: 0 is the first, 1 the blocks, then enlarging, convolution and rectifier for each doubling,
 * then a convolution, a rectifier and the last convolution. Only convolutions have weights.
 */
function inSequence(shapes: Shapes): RrdbNames {
  const numbers = [...shapes.keys()].flatMap((name) => /^model\.(\d+)\.weight$/.exec(name)?.[1] ?? []);
  const last = Math.max(...numbers.map(Number));
  const blocks = counted((block) => shapes.has(`model.1.sub.${block}.RDB1.conv1.0.weight`));
  const doublings = Math.max(0, Math.floor((last - 4) / 3));
  return {
    first: 'model.0',
    dense: (block, dense, convolution) =>
      `model.1.sub.${block}.RDB${dense}.${convolution}${convolution === 'conv1x1' ? '' : '.0'}`,
    trunk: `model.1.sub.${blocks}`,
    blocks,
    up: Array.from({ length: doublings }, (_, i) => `model.${3 * i + 3}`),
    large: `model.${last - 2}`,
    last: `model.${last}`,
  };
}

/** How many numbers from 0 on there are. */
function counted(isThere: (number: number) => boolean): number {
  let count = 0;
  while (isThere(count)) count++;
  return count;
}
