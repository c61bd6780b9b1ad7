import type { ParsedInfotext, ParsedValue } from './parse.ts';

/** Settings by the names that A1111 gives them in infotexts. */
const settings: Readonly<Record<string, string>> = {
  'Conditional mask weight': 'inpainting_mask_weight',
  'Noise multiplier': 'initial_noise_multiplier',
  'Extra noise': 'img2img_extra_noise',
  Eta: 'eta_ancestral',
  'Eta DDIM': 'eta_ddim',
  'Sigma churn': 's_churn',
  'Sigma tmin': 's_tmin',
  'Sigma tmax': 's_tmax',
  'Sigma noise': 's_noise',
  NGMS: 's_min_uncond',
  'NGMS all steps': 's_min_uncond_all',
  'Skip Early CFG': 'skip_early_cond',
  'Schedule min sigma': 'sigma_min',
  'Schedule max sigma': 'sigma_max',
  'Schedule rho': 'rho',
  'Beta schedule alpha': 'beta_dist_alpha',
  'Beta schedule beta': 'beta_dist_beta',
  'Discard penultimate sigma': 'always_discard_next_to_last_sigma',
  'SGM noise multiplier': 'sgm_noise_multiplier',
  'UniPC variant': 'uni_pc_variant',
  'UniPC skip type': 'uni_pc_skip_type',
  'UniPC order': 'uni_pc_order',
  'UniPC lower order final': 'uni_pc_lower_order_final',
  'Pad conds': 'pad_cond_uncond',
  'Pad conds v0': 'pad_cond_uncond_v0',
  'Noise Schedule': 'sd_noise_schedule',
  'Downcast alphas_cumprod': 'use_downcasted_alpha_bar',
  'Refiner switch by sampling steps': 'refiner_switch_by_sample_steps',
};

/**
 * The settings of sampling and models that an infotext tells, by A1111's names, as `samplerOptions` takes them;
 * those at their defaults where A1111 assumes them.
 * @example settingsIn(parseInfotext('a\nSteps: 4, Sampler: Euler, Pad conds: True')).pad_cond_uncond === true
 */
export function settingsIn(parsed: ParsedInfotext): Readonly<Record<string, number | string | boolean>> {
  const found = Object.entries(settings).flatMap(([name, setting]) => {
    const value = parsed.get(name);
    return value === undefined ? [] : [[setting, read(value)] as const];
  });
  return Object.fromEntries(found);
}

function read(value: ParsedValue): number | string | boolean {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  const text = String(value).trim();
  if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  const number = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(number) ? number : text;
}
