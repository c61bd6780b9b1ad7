/** The scripts by their names. */
import type { Script as Arguments, ScriptName } from '@bottega/contract';
import { loopback } from './loopback.ts';
import { mk2 } from './outpaint/mk2.ts';
import { poorMans } from './outpaint/poor-mans.ts';
import { plot } from './plot/plot.ts';
import { promptMatrix } from './prompt-matrix.ts';
import { prompts } from './prompts.ts';
import { upscale } from './upscale.ts';
import type { Expansion, OpenRecipe, Script, World } from './script.ts';

const scripts: { readonly [Name in ScriptName]: Script<Name> } = {
  'prompt matrix': promptMatrix,
  'prompts from file or textbox': prompts,
  'x/y/z plot': plot,
  loopback,
  'sd upscale': upscale,
  'outpainting mk2': mk2,
  "poor man's outpainting": poorMans,
};

/** @throws AppError `request.invalid`, `script.axis-unknown`, `script.axis-unavailable`. */
export function expand<Name extends ScriptName>(
  recipe: OpenRecipe,
  args: Extract<Arguments, { readonly name: Name }>,
  world: World,
): Expansion {
  const script = scripts[args.name] as unknown as Script<Name>;
  return script.expand(recipe, args, world);
}
