/** A1111's scripts that every request passes through: parts of its page that live in files of their own. */
import type { RecipeInput } from '@bottega/contract';
import type { Argument } from './arguments.ts';
import type { Kind } from './selectable.ts';
import { softInpainting } from './soft-inpainting.ts';

export type AlwaysOnScript = {
  /** A1111's title in lower case. */
  readonly name: string;
  readonly on: readonly Kind[];
  readonly describe: () => readonly Argument[];
  /**
   * What its arguments change; without it they have no effect. Arguments that are left out take what `describe` says.
   * @throws RequestMismatch.
   */
  readonly apply?: (recipe: RecipeInput, args: readonly unknown[]) => RecipeInput;
};

const both: readonly Kind[] = ['txt2img', 'img2img'];

/** Those of A1111's own page read its controls; through the API they do nothing there either. */
export const alwaysOn: readonly AlwaysOnScript[] = [
  // Its units are read where pictures can be opened: control-net/controls.ts.
  { name: 'controlnet', on: both, describe: () => [] },
  { name: 'extra options', on: both, describe: () => [] },
  {
    name: 'refiner',
    on: both,
    describe: () => [
      { label: 'Refiner', value: false },
      { label: 'Checkpoint', value: '', choices: [] },
      { label: 'Switch at', value: 0.8, minimum: 0.01, maximum: 1, step: 0.01 },
    ],
  },
  {
    name: 'sampler',
    on: both,
    describe: () => [
      { label: 'Sampling steps', value: 20, minimum: 1, maximum: 150, step: 1 },
      { label: 'Sampling method', value: 'DPM++ 2M', choices: [] },
      { label: 'Schedule type', value: 'Automatic', choices: [] },
    ],
  },
  {
    name: 'seed',
    on: both,
    describe: () => [
      { label: 'Seed', value: -1 },
      { label: 'Extra', value: false },
      { label: 'Variation seed', value: -1 },
      { label: 'Variation strength', value: 0, minimum: 0, maximum: 1, step: 0.01 },
      { label: 'Resize seed from width', value: 0, minimum: 0, maximum: 2048, step: 8 },
      { label: 'Resize seed from height', value: 0, minimum: 0, maximum: 2048, step: 8 },
    ],
  },
  softInpainting,
];

/** The recipe as the request's always-on scripts change it, one after the other. */
export function applyAlwaysOn(
  recipe: RecipeInput,
  asked: Readonly<Record<string, unknown>>,
  kind: Kind,
): RecipeInput {
  return alwaysOn
    .filter(({ on }) => on.includes(kind))
    .reduce((now, { name, apply }) => {
      const [, value] = Object.entries(asked).find(([given]) => given.toLowerCase() === name) ?? [];
      const { args } = (value ?? {}) as { args?: unknown };
      return apply !== undefined && Array.isArray(args) ? apply(now, args) : now;
    }, recipe);
}
