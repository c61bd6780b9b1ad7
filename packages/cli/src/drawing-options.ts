/** The options of every command that draws. */
import type { Options } from './command.ts';
import { controlOptions } from './control-options.ts';
import { secondPassOptions } from './second-pass-options.ts';
import { startOptions } from './start-options.ts';

export const drawingOptions = {
  output: { type: 'string', short: 'o', value: 'FILE', description: 'where to save the result' },
  like: {
    type: 'string',
    value: 'FILE',
    description: 'as this picture says that it was drawn, but for what other options say',
  },
  negative: { type: 'string', short: 'n', value: 'WORDS', description: 'what should not be in it' },
  style: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    description: 'add a saved style to the words; may come several times',
  },
  model: {
    type: 'string',
    short: 'm',
    value: 'NAME',
    description: 'a name from "bottega models list", or a file',
  },
  vae: {
    type: 'string',
    value: 'NAME',
    description:
      'one from "bottega models list vaes", or a file; None takes the own one, even if NAME.vae.* lies beside it',
  },
  refiner: { type: 'string', value: 'NAME', description: 'a model that takes over on the way' },
  'refiner-at': {
    type: 'string',
    value: 'X',
    description: 'when: the share of the noise that is gone by then, 0 to 1 (default 0.8)',
  },
  size: { type: 'string', value: 'WxH', description: 'in pixels (default: what the model was made for)' },
  steps: { type: 'string', value: 'N', description: "1 to 150 (default: the model's, or 20)" },
  guidance: {
    type: 'string',
    short: 'g',
    value: 'X',
    description: "how strongly the words count, 0 to 100 (default: the model's, or 7)",
  },
  seed: {
    type: 'string',
    value: 'N',
    description: 'the same seed gives the same picture (default -1, a random one)',
  },
  variation: { type: 'string', value: 'N', description: 'a second seed, mixed in (default a random one)' },
  'variation-strength': { type: 'string', value: 'X', description: 'how much of it, 0 (default) to 1' },
  'seed-size': { type: 'string', value: 'WxH', description: 'keep what the seed makes at this size' },
  sampler: { type: 'string', value: 'NAME', description: 'e.g. "Euler a"' },
  schedule: { type: 'string', value: 'NAME', description: 'e.g. Karras (default Automatic)' },
  set: {
    type: 'string',
    multiple: true,
    value: 'NAME=VALUE',
    description: "one of A1111's settings of sampling, e.g. eta=0.5; may come several times",
  },
  'clip-skip': {
    type: 'string',
    value: 'N',
    description: 'leave out the last layers of the text encoder (default 1)',
  },
  emphasis: { type: 'string', value: 'HOW', description: 'Original (default), No norm, Ignore or None' },
  noise: { type: 'string', value: 'WHOSE', description: 'NV (default) or CPU, as the settings of A1111' },
  'noise-delta': { type: 'string', value: 'N', description: 'eta noise seed delta (default 0)' },
  tile: { type: 'boolean', description: 'let its edges fit together, so that it can be laid as tiles' },
  'token-merging': {
    type: 'string',
    value: 'X',
    description: 'share of the pixels that are drawn as one with others, up to 0.9: faster, less exact',
  },
  ...secondPassOptions,
  ...startOptions,
  ...controlOptions,
  'lora-dir': { type: 'string', value: 'DIR', description: 'a further folder with files for <lora:NAME:1>' },
  'embeddings-dir': { type: 'string', value: 'DIR', description: 'a further folder with embeddings' },
  count: { type: 'string', short: 'c', value: 'N', description: 'how many pictures (default 1)' },
  batch: { type: 'string', value: 'N', description: 'draw N at a time, --count times (default 1)' },
  fast: { type: 'boolean', description: 'fewer seconds a step for more memory and a longer start' },
  int8: { type: 'boolean', description: 'half the seconds a step, nearly the same picture' },
  device: { type: 'string', value: 'NAME', description: 'cpu (default), or what "bottega doctor" lists' },
  force: { type: 'boolean', short: 'f', description: 'replace files that exist' },
  json: { type: 'boolean', description: 'answer with one JSON document' },
} as const satisfies Options;

/** Further options of commands that make sheets. */
export const sheetOptions = {
  pictures: { type: 'boolean', description: 'save every picture beside it too: NAME-1.png, NAME-2.png ...' },
  margin: { type: 'string', value: 'N', description: 'pixels between the pictures of a sheet (default 0)' },
} as const satisfies Options;
