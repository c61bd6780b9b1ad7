/** A line of A1111's "Prompts from file or textbox": a prompt, or flags. */
import type { OpenRecipe, World } from './script.ts';
import { shellWords } from './shell-words.ts';

/** What a line says; `prompt` and `negativePrompt` still without those of the recipe. */
export type PromptLine = {
  readonly prompt?: string;
  readonly negativePrompt?: string;
  /** The rest, as a change of the recipe. */
  readonly change: (recipe: OpenRecipe) => OpenRecipe;
};

type Setter = (recipe: OpenRecipe) => Partial<OpenRecipe>;
/** `undefined` where the value does not fit. */
type Flag = (value: string, world: World) => Setter | undefined;

const whole = (set: (value: number) => Setter): Flag => {
  return (value) => (/^\s*[+-]?\d+\s*$/.test(value) ? set(Number(value)) : undefined);
};
const real = (set: (value: number) => Setter): Flag => {
  return (value) => (value.trim() !== '' && Number.isFinite(Number(value)) ? set(Number(value)) : undefined);
};
/** Of A1111, and without an effect here: paths of files, and what its page shows. */
const ignored: Flag = () => () => ({});
const to = (name: keyof OpenRecipe) => (value: unknown) => () => ({ [name]: value });

const flags: Readonly<Record<string, Flag>> = {
  sd_model: (value, { closestModel }) => {
    const model = closestModel(value);
    return model === undefined ? undefined : () => ({ model });
  },
  styles: (value) => () => ({ styles: value.split(',').map((name) => name.trim()) }),
  seed: whole(to('seed')),
  subseed: whole(to('subseed')),
  subseed_strength: real(to('subseedStrength')),
  seed_resize_from_h: whole((height) => ({ seedResizeFrom: { width = 0 } = {} }) => ({
    seedResizeFrom: { width, height },
  })),
  seed_resize_from_w: whole((width) => ({ seedResizeFrom: { height = 0 } = {} }) => ({
    seedResizeFrom: { width, height },
  })),
  sampler_name: (value) => () => ({ sampler: value }),
  batch_size: whole(to('batchSize')),
  n_iter: whole(to('batchCount')),
  steps: whole(to('steps')),
  cfg_scale: real(to('cfgScale')),
  width: whole(to('width')),
  height: whole(to('height')),
  tiling: (value) => () => ({ tiling: value === 'true' }),
  outpath_samples: ignored,
  outpath_grids: ignored,
  prompt_for_display: ignored,
  sampler_index: whole(() => () => ({})),
  restore_faces: ignored,
  do_not_save_samples: ignored,
  do_not_save_grid: ignored,
};

/** A line whose flags cannot be read is a prompt as it stands, as in A1111. */
export function readPromptLine(line: string, world: World): PromptLine {
  const plain = { prompt: line, change: (recipe: OpenRecipe) => recipe };
  return line.includes('--') ? (readFlags(line, world) ?? plain) : plain;
}

function readFlags(line: string, world: World): PromptLine | undefined {
  const words = shellWords(line);
  if (words === undefined) return undefined;
  const texts: { prompt?: string; negativePrompt?: string } = {};
  const setters: Setter[] = [];
  for (let i = 0; i < words.length;) {
    const name = words[i].startsWith('--') ? words[i].slice(2) : undefined;
    const value = words.at(i + 1);
    if (name === undefined || value === undefined) return undefined;
    i += 2;
    if (name === 'prompt' || name === 'negative_prompt') {
      const more = words.slice(i).findIndex((word) => word.startsWith('--'));
      const end = more === -1 ? words.length : i + more;
      texts[name === 'prompt' ? 'prompt' : 'negativePrompt'] = [value, ...words.slice(i, end)].join(' ');
      i = end;
      continue;
    }
    const setter = Object.hasOwn(flags, name) ? flags[name](value, world) : undefined;
    if (setter === undefined) return undefined;
    setters.push(setter);
  }
  return {
    ...texts,
    change: (recipe) => withoutHalfSize(setters.reduce((now, set) => ({ ...now, ...set(now) }), recipe)),
  };
}

/** A side that is missing or not above 0 switches it off. */
function withoutHalfSize({ seedResizeFrom, ...recipe }: OpenRecipe): OpenRecipe {
  const isWhole = seedResizeFrom !== undefined && seedResizeFrom.width > 0 && seedResizeFrom.height > 0;
  return isWhole ? { ...recipe, seedResizeFrom } : recipe;
}
