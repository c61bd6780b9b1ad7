import { EngineError } from '../errors.ts';
import { parsePythonFloat } from '../tokenizer/python-text.ts';

/** A factor for every layer of a model. */
export type BlockWeights = {
  /** As the prompt has them; equal texts are equal weights. */
  readonly text: string;
  /** By the weight's name in the checkpoint. */
  readonly weightOf: (weight: string) => number;
};

const range = (prefix: string, from: number, to: number): readonly string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `${prefix}${String(from + i).padStart(2, '0')}`);

const withAttention = ['IN01', 'IN02', 'IN04', 'IN05', 'IN07', 'IN08', 'M00', ...range('OUT', 3, 11)];

/**
 * The blocks that a list of so many numbers is about, after BASE: those of SD 1 and 2 with attention, and all of
 * them; the same for SDXL. The form and the names are those of the LoRA Block Weight extension for A1111.
 */
const lists: ReadonlyMap<number, readonly string[]> = new Map(
  [
    withAttention,
    [...range('IN', 0, 11), 'M00', ...range('OUT', 0, 11)],
    ['IN04', 'IN05', 'IN07', 'IN08', 'M00', ...range('OUT', 0, 5)],
    [...range('IN', 0, 8), 'M00', ...range('OUT', 0, 8)],
  ].map((blocks) => [blocks.length + 1, blocks]),
);

/** The extension's presets: BASE, and which of the blocks with attention count. */
const presets: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  NONE: [],
  INS: [['IN01', 'IN04']],
  IND: [['IN05', 'IN08']],
  INALL: [['IN01', 'IN08']],
  MIDD: [['IN05', 'OUT06']],
  OUTD: [['OUT03', 'OUT06']],
  OUTS: [['OUT07', 'OUT11']],
  OUTALL: [['OUT03', 'OUT11']],
};

/**
 * Reads the weights of blocks, `lbw=` in a prompt: 12, 17, 20 or 26 numbers with commas between them, of which the
 * first (BASE) is for the text encoders and for what is in no block; blocks that are not listed get 0. Or a preset:
 * ALL, NONE, INS, IND, INALL, MIDD, OUTD, OUTS, OUTALL.
 * @throws EngineError `request.invalid` for another number of numbers, for words, and for unknown presets.
 */
export function readBlockWeights(text: string): BlockWeights {
  const word = text.trim().toUpperCase();
  if (word === 'ALL') return { text, weightOf: () => 1 };
  const preset = presets[word];
  if (preset !== undefined) {
    const chosen = preset.flatMap(([from, to]) =>
      withAttention.slice(withAttention.indexOf(from), withAttention.indexOf(to) + 1),
    );
    return weightsOf(text, word === 'NONE' ? 0 : 1, new Map(chosen.map((block) => [block, 1])));
  }
  const numbers = text.split(',').map((one) => parsePythonFloat(one));
  const blocks = lists.get(numbers.length);
  if (blocks === undefined || !numbers.every(Number.isFinite)) {
    const reason = `lbw=${text.slice(0, 100)} must be 12, 17, 20 or 26 numbers, or one of ALL, ${Object.keys(presets).join(', ')}`;
    throw new EngineError('request.invalid', { field: 'prompt', reason });
  }
  return weightsOf(text, numbers[0], new Map(blocks.map((block, i) => [block, numbers[i + 1]])));
}

const blockNames: Readonly<Record<string, string>> = { input: 'IN', output: 'OUT' };

function weightsOf(text: string, base: number, byBlock: ReadonlyMap<string, number>): BlockWeights {
  const weightOf = (weight: string): number => {
    const [, side, number] = /\.(input|output)_blocks\.(\d+)\./.exec(weight) ?? [];
    if (side !== undefined) return byBlock.get(`${blockNames[side]}${number.padStart(2, '0')}`) ?? 0;
    return weight.includes('.middle_block.') ? (byBlock.get('M00') ?? 0) : base;
  };
  return { text, weightOf };
}
