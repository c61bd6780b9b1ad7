/**
 * A1111 1.10's axes, in its order: clients name them by their place in it. Its two axes "Sampler" are one here, since
 * both places offer the same samplers.
 */
import { AppError } from '@bottega/contract';
import { invalidScript } from '../limits.ts';
import type { OpenRecipe } from '../script.ts';
import type { AxisContext, AxisOption } from './axis.ts';
import { addStyles, reorder, searchAndReplace } from './words.ts';

type Apply = AxisOption['apply'];

const field = (name: keyof OpenRecipe): Apply => {
  return (recipe, value) => ({ ...recipe, [name]: value });
};
/** A setting of the sampler by A1111's name. */
const option = (name: string): Apply => {
  return (recipe, value) => ({ ...recipe, samplerOptions: { ...recipe.samplerOptions, [name]: value } });
};
const flag = (name: string): Apply => {
  return (recipe, value: string, context) =>
    option(name)(recipe, (value.toLowerCase() === 'true') as never, context);
};
/** Of the second pass; without one it has no effect, as in A1111. */
const hires = (name: string): Apply => {
  return (recipe, value) => ({
    ...recipe,
    ...(recipe.hires && { hires: { ...recipe.hires, [name]: value } }),
  });
};
/** Changes nothing, or is not there: see `missing`. */
const none: Apply = (recipe) => recipe;
const booleans = ['False', 'True'];

export const axes: readonly AxisOption[] = [
  { label: 'Nothing', kind: 'text', apply: none },
  { label: 'Seed', kind: 'whole', apply: field('seed') },
  { label: 'Var. seed', kind: 'whole', apply: field('subseed') },
  { label: 'Var. strength', kind: 'real', apply: field('subseedStrength') },
  { label: 'Steps', kind: 'whole', apply: field('steps') },
  { label: 'Hires steps', kind: 'whole', only: 'txt2img', apply: hires('steps') },
  { label: 'CFG Scale', kind: 'real', apply: field('cfgScale') },
  { label: 'Image CFG Scale', kind: 'real', only: 'img2img', apply: imageCfgScale },
  { label: 'Prompt S/R', kind: 'text', legend: 'value', apply: searchAndReplace },
  { label: 'Prompt order', kind: 'orders', legend: 'value', apply: reorder },
  { label: 'Sampler', kind: 'text', legend: 'value', choices: 'samplers', apply: field('sampler') },
  { label: 'Hires sampler', kind: 'text', only: 'txt2img', choices: 'samplers', apply: hires('sampler') },
  { label: 'Checkpoint name', kind: 'text', cost: 1, legend: 'file', choices: 'models', apply: checkpoint },
  { label: 'Negative Guidance minimum sigma', kind: 'real', apply: option('s_min_uncond') },
  { label: 'Sigma Churn', kind: 'real', apply: option('s_churn') },
  { label: 'Sigma min', kind: 'real', apply: option('s_tmin') },
  { label: 'Sigma max', kind: 'real', apply: option('s_tmax') },
  { label: 'Sigma noise', kind: 'real', apply: option('s_noise') },
  { label: 'Schedule type', kind: 'text', choices: 'schedulers', apply: field('scheduler') },
  { label: 'Schedule min sigma', kind: 'real', apply: option('sigma_min') },
  { label: 'Schedule max sigma', kind: 'real', apply: option('sigma_max') },
  { label: 'Schedule rho', kind: 'real', apply: option('rho') },
  { label: 'Beta schedule alpha', kind: 'real', apply: option('beta_dist_alpha') },
  { label: 'Beta schedule beta', kind: 'real', apply: option('beta_dist_beta') },
  { label: 'Eta', kind: 'real', apply: option('eta') },
  { label: 'Clip skip', kind: 'whole', apply: field('clipSkip') },
  { label: 'Denoising', kind: 'real', apply: denoising },
  { label: 'Initial noise multiplier', kind: 'real', apply: option('initial_noise_multiplier') },
  { label: 'Extra noise', kind: 'real', apply: option('img2img_extra_noise') },
  { label: 'Hires upscaler', kind: 'text', only: 'txt2img', choices: 'upscalers', apply: hires('upscaler') },
  {
    label: 'Cond. Image Mask Weight',
    kind: 'real',
    only: 'img2img',
    apply: option('inpainting_mask_weight'),
  },
  { label: 'VAE', kind: 'text', cost: 0.7, choices: 'vaes', apply: vae },
  { label: 'Styles', kind: 'text', choices: 'styles', apply: addStyles },
  { label: 'UniPC Order', kind: 'whole', cost: 0.5, apply: uniPcOrder },
  // Without a face restorer A1111 leaves pictures as they are, and none is installed here.
  { label: 'Face restore', kind: 'text', legend: 'value', apply: none },
  { label: 'Token merging ratio', kind: 'real', apply: field('tokenMerging') },
  { label: 'Token merging ratio high-res', kind: 'real', apply: hires('tokenMerging') },
  {
    label: 'Always discard next-to-last sigma',
    kind: 'text',
    choices: booleans,
    apply: flag('always_discard_next_to_last_sigma'),
  },
  { label: 'SGM noise multiplier', kind: 'text', choices: booleans, apply: flag('sgm_noise_multiplier') },
  {
    label: 'Refiner checkpoint',
    kind: 'text',
    first: true,
    cost: 1,
    legend: 'file',
    choices: 'models',
    apply: refinerCheckpoint,
  },
  { label: 'Refiner switch at', kind: 'real', apply: refinerSwitch },
  { label: 'RNG source', kind: 'text', choices: ['GPU', 'CPU', 'NV'], apply: randomSource },
  {
    label: 'FP8 mode',
    kind: 'text',
    cost: 0.9,
    choices: ['Disable', 'Enable for SDXL', 'Enable'],
    apply: none,
    missing: 'weights in 8-bit floating point; here it is the int8 mode that saves time and memory',
  },
  { label: 'Size', kind: 'text', apply: size },
];

/** Those that A1111 offers there, in its order. */
export function axesOf(kind: 'txt2img' | 'img2img'): readonly AxisOption[] {
  return axes.filter(({ only }) => only === undefined || only === kind);
}

/** By name, capitals or not. @throws AppError `script.axis-unknown`, `script.axis-unavailable`. */
export function findAxis(name: string): AxisOption {
  const wanted = name.trim().toLowerCase();
  const found = axes.find(({ label }) => label.toLowerCase() === wanted);
  if (found === undefined) {
    const known = axes.filter(({ missing }) => missing === undefined).map(({ label }) => label);
    throw new AppError('script.axis-unknown', { name: name.slice(0, 100), known: known.join(', ') });
  }
  const { label, missing } = found;
  if (missing !== undefined) throw new AppError('script.axis-unavailable', { name: label, feature: missing });
  return found;
}

function checkpoint(recipe: OpenRecipe, name: string, { world, field: at }: AxisContext): OpenRecipe {
  const model = world.closestModel(name);
  if (model === undefined) throw invalidScript(`there is no checkpoint "${name.slice(0, 100)}"`, at);
  return { ...recipe, model };
}

/** A part of a name, of which the shortest is meant; what nothing is called counts as "Automatic", as in A1111. */
function vae({ vae: _, ...recipe }: OpenRecipe, name: string, { world }: AxisContext): OpenRecipe {
  const wanted = name.trim().toLowerCase();
  if (wanted === 'none') return { ...recipe, vae: 'None' };
  if (['auto', 'automatic'].includes(wanted)) return recipe;
  const known = world.vaes.toSorted((a, b) => a.length - b.length);
  const found = known.find((one) => one.toLowerCase().includes(wanted));
  return found === undefined ? recipe : { ...recipe, vae: found };
}

/** "None" draws without one. */
function refinerCheckpoint(
  { refiner, ...recipe }: OpenRecipe,
  name: string,
  { world, field: at }: AxisContext,
): OpenRecipe {
  if (['', 'none'].includes(name.trim().toLowerCase())) return recipe;
  const model = world.closestModel(name);
  if (model === undefined) throw invalidScript(`there is no checkpoint "${name.slice(0, 100)}"`, at);
  return { ...recipe, refiner: { ...refiner, model } };
}

/** Without a refiner it has no effect, as in A1111. */
function refinerSwitch({ refiner, ...recipe }: OpenRecipe, switchAt: number): OpenRecipe {
  return { ...recipe, ...(refiner && { refiner: { ...refiner, switchAt } }) };
}

/** Of InstructPix2Pix models, which draw from a picture. */
function imageCfgScale({ start, ...recipe }: OpenRecipe, scale: number): OpenRecipe {
  return { ...recipe, ...(start && { start: { ...start, imageCfgScale: scale } }) };
}

/** Of the picture to start from, and of the second pass. */
function denoising({ start, hires: second, ...recipe }: OpenRecipe, strength: number): OpenRecipe {
  return {
    ...recipe,
    ...(start && { start: { ...start, strength } }),
    ...(second && { hires: { ...second, strength } }),
  };
}

function uniPcOrder(recipe: OpenRecipe, order: number): OpenRecipe {
  return {
    ...recipe,
    samplerOptions: { ...recipe.samplerOptions, uni_pc_order: Math.min(order, recipe.steps - 1) },
  };
}

function randomSource(recipe: OpenRecipe, source: string, { field: at }: AxisContext): OpenRecipe {
  const known = ['GPU', 'CPU', 'NV'];
  if (!known.includes(source.toUpperCase())) throw invalidScript(`takes ${known.join(', ')}`, at);
  // A1111's "GPU" is CUDA's generator, which NV imitates.
  return { ...recipe, randomSource: source.toUpperCase() === 'CPU' ? 'CPU' : 'NV' };
}

function size(recipe: OpenRecipe, text: string, { field: at }: AxisContext): OpenRecipe {
  const found = /^\s*(\d{1,6})\s*x\s*(\d{1,6})\s*$/.exec(text);
  if (found === null) throw invalidScript(`"${text.slice(0, 60)}" is not a size such as 512x768`, at);
  return { ...recipe, width: Number(found[1]), height: Number(found[2]) };
}
