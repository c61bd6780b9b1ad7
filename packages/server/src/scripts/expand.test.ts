/** What scripts make of a recipe, without drawing anything. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Script } from '@bottega/contract';
import { axes, axesOf } from './plot/axes.ts';
import { expand } from './registry.ts';
import type { OpenRecipe, World } from './script.ts';
import { plainRecipe } from './test-recipe.ts';

const recipe: OpenRecipe = { ...plainRecipe, prompt: 'a cat, red, small', negativePrompt: 'blurry' };

function world(): World {
  let next = 1000;
  return {
    randomSeed: () => next++,
    vaes: ['a long vae.pt', 'vae.pt'],
    sizeOf: (media) => (media === '0'.repeat(64) ? { width: 100, height: 60 } : undefined),

    closestModel: (words) => (words.includes('none') ? undefined : 'other'),
  };
}

function recipes(script: Script, changes: Partial<OpenRecipe> = {}): readonly OpenRecipe[] {
  return expand({ ...recipe, ...changes }, script, world()).drawings.map((drawing) => drawing.recipe);
}

const plotted = (x: { type: string; values: string }, changes: Partial<OpenRecipe> = {}) =>
  recipes({ name: 'x/y/z plot', x }, changes);

const openSeeds = (args: Script) => recipes(args, { seed: -1 }).map(({ seed }) => seed);

const twoValues = (type: string) => ({ type, values: '1-2' });

const changed = (type: string, value: string, changes: Partial<OpenRecipe> = {}) => {
  const [made] = plotted({ type, values: value }, changes);
  return Object.fromEntries(
    Object.entries(made).filter(
      ([name, now]) =>
        name !== 'subseed' &&
        JSON.stringify(now) !== JSON.stringify({ ...recipe, ...changes }[name as keyof OpenRecipe]),
    ),
  );
};

const labels = (type: string, values: string) =>
  expand(recipe, { name: 'x/y/z plot', x: { type, values } }, world()).drawings.map(({ place }) => place?.x);

const orderOf = (script: Omit<Extract<Script, { name: 'x/y/z plot' }>, 'name'>) => {
  const { order = [] } = expand(recipe, { name: 'x/y/z plot', ...script }, world());
  return order;
};

const places = (kind: 'txt2img' | 'img2img', ...labels: string[]) =>
  labels.map((wanted) => axesOf(kind).findIndex(({ label }) => label === wanted));

test('a prompt matrix has every combination; the first half of the parts goes across', () => {
  const script = { name: 'prompt matrix' } as const;
  const { drawings, sheets } = expand({ ...recipe, prompt: 'a cat| red,| small |blue' }, script, world());
  assert.deepEqual(
    drawings.map((drawing) => drawing.recipe.prompt),
    [
      'a cat',
      'a cat, red',
      'a cat, small',
      'a cat, red, small',
      'a cat, blue',
      'a cat, red, blue',
      'a cat, small, blue',
      'a cat, red, small, blue',
    ],
  );
  const [{ columns, columnLabels, rowLabels }] = sheets;
  assert.equal(columns, 4);
  assert.deepEqual(
    columnLabels[1].map(({ struck }) => struck),
    [false, true],
  );
  assert.deepEqual(rowLabels, [[{ text: 'blue', struck: true }], [{ text: 'blue', struck: false }]]);
});

test('a prompt matrix at the start, of the negative prompt, with spaces and other seeds', () => {
  const made = recipes(
    { name: 'prompt matrix', atStart: true, of: 'negative', delimiter: 'space', differentSeeds: true },
    { negativePrompt: 'x|y', seed: -1 },
  );
  assert.deepEqual(
    made.map(({ negativePrompt, seed }) => [negativePrompt, seed]),
    [
      ['x', 1000],
      ['y x', 1001],
    ],
  );
});

test('a list of prompts: flags, plain lines, and lines whose flags cannot be read', () => {
  const lines = [
    '  a dog ',
    '',
    '--prompt "a big dog" in snow --negative_prompt ugly --steps 30 --seed 9 --cfg_scale 3.5',
    '--prompt x --width 128 --height 96 --n_iter 2 --batch_size 3 --sampler_name "Euler a" --restore_faces true',
    'a cat --made_up 1',
    '--steps thirty',
    "--prompt 'no end",
    '--sd_model other --subseed 4 --subseed_strength 0.5 --seed_resize_from_w 32 --seed_resize_from_h 40',
  ].join('\n');
  const made = recipes({ name: 'prompts from file or textbox', lines }, { prompt: '', negativePrompt: '' });
  assert.deepEqual(
    made.map(({ prompt }) => prompt),
    ['a dog', 'a big dog in snow', 'x', 'a cat --made_up 1', '--steps thirty', "--prompt 'no end", ''],
  );
  const [, flags, sizes, , , , last] = made;
  assert.deepEqual([flags.negativePrompt, flags.steps, flags.seed, flags.cfgScale], ['ugly', 30, 9, 3.5]);
  const { width, height, batchCount, batchSize, sampler } = sizes;
  assert.deepEqual([width, height, batchCount, batchSize, sampler], [128, 96, 2, 3, 'Euler a']);
  assert.deepEqual(
    [last.model, last.subseed, last.subseedStrength, last.seedResizeFrom],
    ['other', 4, 0.5, { width: 32, height: 40 }],
  );
});

test("a list's words go before or after the recipe's", () => {
  const script = { name: 'prompts from file or textbox', lines: 'a dog\n--negative_prompt ugly' } as const;
  assert.deepEqual(
    recipes({ ...script, position: 'end' }).map((made) => [made.prompt, made.negativePrompt]),
    [
      ['a cat, red, small a dog', 'blurry'],
      ['a cat, red, small', 'blurry ugly'],
    ],
  );
  assert.equal(recipes(script)[0].prompt, 'a dog a cat, red, small');
});

for (const [wishes, changes, seeds] of [
  [{}, { seed: -1 }, [-1, -1]],
  [{ sameSeed: true }, { seed: -1 }, [1000, 1000]],
  [{ iterateSeed: true }, { seed: -1, batchCount: 2, batchSize: 2 }, [1000, 1004]],
  [{ iterateSeed: true }, {}, [5, 6]],
  [{}, {}, [5, 5]],
] as const) {
  test(`seeds of a list with ${JSON.stringify(wishes)} from ${JSON.stringify(changes)}`, () => {
    const made = recipes({ name: 'prompts from file or textbox', lines: 'a\nb', ...wishes }, changes);
    assert.deepEqual(
      made.map(({ seed }) => seed),
      seeds,
    );
  });
}

test('a plot fixes open seeds, unless they are to stay open', () => {
  const script = { name: 'x/y/z plot', x: { type: 'Seed', values: '-1, 3, -1' } } as const;
  assert.deepEqual(openSeeds(script), [1002, 3, 1003]);
  assert.deepEqual(openSeeds({ ...script, keepRandomSeeds: true }), [-1, 3, -1]);
});

test('seeds vary along the axes that are named', () => {
  const made = recipes({
    name: 'x/y/z plot',
    x: twoValues('Steps'),
    y: twoValues('CFG Scale'),
    z: twoValues('Clip skip'),
    varySeeds: ['x', 'z'],
  });
  assert.deepEqual(
    made.map(({ seed }) => seed),
    [5, 6, 5, 6, 7, 8, 7, 8],
  );
});

test('every axis changes what it is called', () => {
  assert.deepEqual(changed('Var. strength', '0.5'), { subseedStrength: 0.5 });
  assert.deepEqual(changed('Steps', '9'), { steps: 9 });
  assert.deepEqual(changed('CFG Scale', '3.5'), { cfgScale: 3.5 });
  assert.deepEqual(changed('Sampler', 'DDIM'), { sampler: 'DDIM' });
  assert.deepEqual(changed('Checkpoint name', 'oth'), { model: 'other' });
  assert.deepEqual(changed('Schedule type', 'Karras'), { scheduler: 'Karras' });
  assert.deepEqual(changed('Clip skip', '2'), { clipSkip: 2 });
  assert.deepEqual(changed('RNG source', 'CPU'), { randomSource: 'CPU' });
  assert.deepEqual(changed('Size', '128x96'), { width: 128, height: 96 });
  assert.deepEqual(changed('Styles', '"a, b"'), { styles: ['a', 'b'] });
  const options = {
    'Negative Guidance minimum sigma': 's_min_uncond',
    'Sigma Churn': 's_churn',
    'Sigma min': 's_tmin',
    'Sigma max': 's_tmax',
    'Sigma noise': 's_noise',
    'Schedule min sigma': 'sigma_min',
    'Schedule max sigma': 'sigma_max',
    'Schedule rho': 'rho',
    'Beta schedule alpha': 'beta_dist_alpha',
    'Beta schedule beta': 'beta_dist_beta',
    Eta: 'eta',
  };
  for (const [type, name] of Object.entries(options))
    assert.deepEqual(changed(type, '0.5'), { samplerOptions: { [name]: 0.5 } });
  assert.deepEqual(changed('UniPC Order', '30'), { samplerOptions: { uni_pc_order: 19 } });
  assert.deepEqual(changed('SGM noise multiplier', 'true'), {
    samplerOptions: { sgm_noise_multiplier: true },
  });
  const second = { hires: { scale: 2 } };
  assert.deepEqual(changed('Hires steps', '4', second), { hires: { scale: 2, steps: 4 } });
  assert.deepEqual(changed('Denoising', '0.3', second), { hires: { scale: 2, strength: 0.3 } });
  assert.deepEqual(changed('Denoising', '0.3'), {});
  assert.deepEqual(changed('Extra noise', '0.1'), { samplerOptions: { img2img_extra_noise: 0.1 } });
  assert.deepEqual(changed('VAE', 'VAE'), { vae: 'vae.pt' });
  assert.deepEqual(changed('VAE', 'None'), { vae: 'None' });
  assert.deepEqual(changed('VAE', 'auto'), {});
  assert.deepEqual(changed('Refiner checkpoint', 'oth'), { refiner: { model: 'other' } });
  const refiner = { model: 'x' };
  assert.equal(plotted({ type: 'Refiner checkpoint', values: 'None' }, { refiner })[0].refiner, undefined);
  assert.deepEqual(changed('Refiner switch at', '0.5', { refiner }), {
    refiner: { model: 'x', switchAt: 0.5 },
  });
  assert.deepEqual(changed('Refiner switch at', '0.5'), {});
  const start = { images: ['0'.repeat(64)] };
  assert.deepEqual(changed('Image CFG Scale', '1.5', { start }), { start: { ...start, imageCfgScale: 1.5 } });
});

test('faces are left as they are, as A1111 leaves them where nothing is installed that restores them', () => {
  const script = { name: 'x/y/z plot', x: { type: 'Face restore', values: 'CodeFormer, None' } } as const;
  const { drawings } = expand(recipe, script, world());
  assert.deepEqual(
    drawings.map(({ place }) => place?.x),
    ['CodeFormer', 'None'],
  );
  assert.deepEqual(drawings[0].recipe, drawings[1].recipe);
});

test('a refiner is there before its switch is changed, whichever axis is which', () => {
  const made = recipes({
    name: 'x/y/z plot',
    x: { type: 'Refiner switch at', values: '0.5' },
    y: { type: 'Refiner checkpoint', values: 'other' },
  });
  assert.deepEqual(made[0].refiner, { model: 'other', switchAt: 0.5 });
});

test('words are replaced, and brought into all orders', () => {
  const replaced = plotted({ type: 'prompt s/r', values: 'red, $&, blurry' });
  assert.deepEqual(
    replaced.map(({ prompt }) => prompt),
    ['a cat, red, small', 'a cat, $&, small', 'a cat, blurry, small'],
  );
  const ordered = plotted({ type: 'Prompt order', values: 'small, cat, red' });
  assert.deepEqual(
    ordered.map(({ prompt }) => prompt),
    [
      'a small, cat, red',
      'a small, red, cat',
      'a cat, small, red',
      'a cat, red, small',
      'a red, small, cat',
      'a red, cat, small',
    ],
  );
});

test('the legend is as A1111 writes it', () => {
  assert.deepEqual(labels('CFG Scale', '7, 7.5'), ['CFG Scale: 7.0', 'CFG Scale: 7.5']);
  assert.deepEqual(labels('Steps', '20'), ['Steps: 20']);
  assert.deepEqual(labels('Sampler', 'Euler a'), ['Euler a']);
  assert.deepEqual(labels('Checkpoint name', 'folder/file.safetensors'), ['file.safetensors']);
  assert.deepEqual(labels('Prompt order', 'cat, red'), ['cat, red', 'red, cat']);
});

test('the costliest axis changes least often', () => {
  const checkpoints = { type: 'Checkpoint name', values: 'a, b' };
  const steps = { type: 'Steps', values: '1, 2' };
  assert.deepEqual(orderOf({ x: checkpoints, y: steps }), [0, 2, 1, 3]);
  assert.deepEqual(orderOf({ x: steps, y: checkpoints }), [0, 1, 2, 3]);
  assert.deepEqual(orderOf({ x: steps, y: steps, z: steps }), [0, 1, 2, 3, 4, 5, 6, 7]);
});

test('three axes make a sheet for each Z and one of all; without sub-grids these are only its parts', () => {
  const axis = { type: 'Steps', values: '1, 2' };
  const script = { name: 'x/y/z plot', x: axis, z: { type: 'Clip skip', values: '1,2,3' } } as const;
  const [all, ...flats] = expand(recipe, script, world()).sheets;
  assert.deepEqual(all.places, [{ sheet: 1 }, { sheet: 2 }, { sheet: 3 }]);
  assert.deepEqual(
    flats.map(({ places, isPart }) => [places, isPart]),
    [0, 2, 4].map((first) => [[{ variant: first }, { variant: first + 1 }], true]),
  );
  const [, part] = expand(recipe, { ...script, subGrids: true }, world()).sheets;
  assert.equal(part.isPart, undefined);
});

test('loopback goes from the first strength to the last, by its curve, each from the picture before', () => {
  const start = { images: ['0'.repeat(64)], strength: 0.8 };
  const strengths = (curve: 'Aggressive' | 'Linear' | 'Lazy') =>
    recipes({ name: 'loopback', loops: 3, finalStrength: 0.4, curve }, { start }).map((made) =>
      Number(made.start?.strength?.toFixed(4)),
    );
  assert.deepEqual(strengths('Linear'), [0.8, 0.6, 0.4]);
  assert.deepEqual(strengths('Aggressive'), [0.8, 0.5172, 0.4]);
  assert.deepEqual(strengths('Lazy'), [0.8, 0.6828, 0.4]);
  const { drawings, sheets } = expand(
    { ...recipe, start, batchCount: 2 },
    { name: 'loopback', loops: 2 },
    world(),
  );
  assert.deepEqual(
    drawings.map(({ startsFrom, recipe: { seed } }) => [startsFrom, seed]),
    [
      [undefined, 5],
      [0, 6],
      [undefined, 7],
      [2, 8],
    ],
  );
  assert.deepEqual(sheets[0].places, [{ variant: 1 }, { variant: 3 }]);
});

test('an upscale draws the tiles of the enlarged picture, each copy from the next seed', () => {
  const start = { images: ['0'.repeat(64)], strength: 0.3 };
  const script = { name: 'sd upscale', scale: 2, overlap: 16, upscaler: 'Lanczos' } as const;
  const { drawings, sheets } = expand({ ...recipe, start, batchCount: 2, batchSize: 2 }, script, world());
  const corners = [0, 28, 56].flatMap((y) => [0, 45, 90, 136].map((x) => [x, y]));
  assert.deepEqual(
    drawings.slice(0, 12).map(({ tile }) => [tile?.x, tile?.y]),
    corners,
  );
  assert.deepEqual(
    drawings.map((drawing) => drawing.recipe.seed - 5),
    [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7],
  );
  assert.deepEqual(
    sheets.map(({ tiling, places }) => [tiling?.width, tiling?.height, places[0]]),
    [
      [200, 120, { variant: 0 }],
      [200, 120, { variant: 12 }],
    ],
  );
  const none = expand({ ...recipe, start }, { ...script, upscaler: 'None' }, world());
  assert.equal(none.sheets[0].tiling?.width, 100);
  assert.throws(() => expand({ ...recipe, start }, { ...script, overlap: 64 }, world()), /script\.overlap/);
  assert.throws(() => expand(recipe, script, world()), /start/);
});

test("the axes stand where A1111's clients expect them", () => {
  assert.equal(axes.length, 44);
  assert.deepEqual(
    places('txt2img', 'Nothing', 'Seed', 'Steps', 'Sampler', 'Checkpoint name', 'Eta', 'Size'),
    [0, 1, 4, 9, 11, 23, 41],
  );
  assert.deepEqual(places('img2img', 'Image CFG Scale', 'Sampler', 'Checkpoint name'), [6, 9, 10]);
});
