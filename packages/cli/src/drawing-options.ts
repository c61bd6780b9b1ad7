/** The options of commands that draw many pictures of one recipe. */
import type { RecipeInput } from '@bottega/contract';
import { adapterOptions } from './adapter-files.ts';
import type { Options, Values } from './command.ts';
import { given, number, size, text } from './options.ts';
import { startOptions } from './start-options.ts';

export const drawingOptions = {
  output: { type: 'string', short: 'o', value: 'FILE', description: 'where to save the result' },
  pictures: { type: 'boolean', description: 'save every picture beside it too: NAME-1.png, NAME-2.png ...' },
  negative: { type: 'string', short: 'n', value: 'WORDS', description: 'what should not be in it' },
  model: {
    type: 'string',
    short: 'm',
    value: 'NAME',
    description: 'a name from "bottega models list", or a file',
  },
  size: { type: 'string', value: 'WxH', description: 'in pixels (default: what the model was made for)' },
  steps: { type: 'string', value: 'N', description: "1 to 150 (default: the model's, or 20)" },
  guidance: { type: 'string', short: 'g', value: 'X', description: 'how strongly the words count, 1 to 30' },
  seed: { type: 'string', value: 'N', description: 'default -1, a random one, the same for all' },
  sampler: { type: 'string', value: 'NAME', description: 'e.g. "Euler a"' },
  schedule: { type: 'string', value: 'NAME', description: 'e.g. Karras (default Automatic)' },
  'clip-skip': { type: 'string', value: 'N', description: 'leave out the last layers of the text encoder' },
  ...startOptions,
  ...adapterOptions,
  margin: { type: 'string', value: 'N', description: 'pixels between the pictures of a sheet (default 0)' },
  fast: { type: 'boolean', description: 'fewer seconds a step for more memory and a longer start' },
  device: { type: 'string', value: 'NAME', description: 'cpu (default), or what "bottega doctor" lists' },
  force: { type: 'boolean', short: 'f', description: 'replace files that exist' },
  json: { type: 'boolean', description: 'answer with one JSON document' },
} as const satisfies Options;

/** What the options say of the recipe, without its words, model and script. */
export function recipeOptions(values: Values): RecipeInput {
  return given({
    negativePrompt: text(values, 'negative'),
    ...size(values, 'size'),
    steps: number(values, 'steps'),
    cfgScale: number(values, 'guidance'),
    seed: number(values, 'seed'),
    sampler: text(values, 'sampler'),
    scheduler: text(values, 'schedule'),
    clipSkip: number(values, 'clip-skip'),
  });
}
