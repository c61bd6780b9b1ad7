import { readOption, readOptions } from './option-table.ts';
import type { Option, OptionsOf } from './option-table.ts';

/** What A1111's settings let people change about sampling, with its names and defaults. */
const table = {
  /** Noise put back at each step, for ancestral and SDE samplers; 1 is all of it. */
  etaAncestral: { name: 'eta_ancestral', default: 1, min: 0 },
  /** The same for DDIM; 1 is DDPM. */
  etaDdim: { name: 'eta_ddim', default: 0, min: 0 },
  /** Karras et al.'s S_churn, S_tmin, S_tmax (0: no limit) and S_noise. */
  sChurn: { name: 's_churn', default: 0, min: 0 },
  sTmin: { name: 's_tmin', default: 0, min: 0 },
  sTmax: { name: 's_tmax', default: 0, min: 0 },
  sNoise: { name: 's_noise', default: 1, min: 0 },
  /** "NGMS": below this sigma every second step goes without the negative prompt; 0 never. */
  sMinUncond: { name: 's_min_uncond', default: 0, min: 0 },
  /** Every step instead of every second. */
  sMinUncondAll: { name: 's_min_uncond_all', default: false },
  /** Fraction of the steps at the start that go without the negative prompt. */
  skipEarlyCond: { name: 'skip_early_cond', default: 0, min: 0, max: 1 },
  /** Ends of the schedule; 0 takes the model's. */
  sigmaMin: { name: 'sigma_min', default: 0, min: 0 },
  sigmaMax: { name: 'sigma_max', default: 0, min: 0 },
  /** Curvature of Karras and Polyexponential; 0 takes theirs. */
  rho: { name: 'rho', default: 0, min: 0 },
  betaAlpha: { name: 'beta_dist_alpha', default: 0.6, min: 0.01 },
  betaBeta: { name: 'beta_dist_beta', default: 0.6, min: 0.01 },
  /** Makes every schedule one longer and drops the last sigma above 0. */
  alwaysDiscardNextToLastSigma: { name: 'always_discard_next_to_last_sigma', default: false },
  /** Starts from noise * sqrt(1 + sigma^2) as Stability's generative-models does. */
  sgmNoiseMultiplier: { name: 'sgm_noise_multiplier', default: false },
  /** Sigmas from 0.1 to 10, as old pictures with Karras need. */
  useOldKarrasSigmas: { name: 'use_old_karras_scheduler_sigmas', default: false },
  /** Rounds timesteps to whole ones. */
  enableQuantization: { name: 'enable_quantization', default: false },
  uniPcVariant: { name: 'uni_pc_variant', default: 'bh1', choices: ['bh1', 'bh2', 'vary_coeff'] },
  uniPcSkipType: {
    name: 'uni_pc_skip_type',
    default: 'time_uniform',
    choices: ['time_uniform', 'time_quadratic', 'logSNR'],
  },
  uniPcOrder: { name: 'uni_pc_order', default: 3, min: 1, max: 50, isWhole: true },
  uniPcLowerOrderFinal: { name: 'uni_pc_lower_order_final', default: true },
  /** Image to image runs all the steps asked for, whatever the strength. */
  img2imgFixSteps: { name: 'img2img_fix_steps', default: false },
  img2imgExtraNoise: { name: 'img2img_extra_noise', default: 0, min: 0 },
  initialNoiseMultiplier: { name: 'initial_noise_multiplier', default: 1, min: 0 },
  /** One evaluation of the network for positive and negative together: faster, more memory. */
  batchCondUncond: { name: 'batch_cond_uncond', default: true },
} as const satisfies Record<string, Option>;

/** Sampling options with every value present; `eta`, where given, stands above both `etaAncestral` and `etaDdim`. */
export type SamplerOptions = OptionsOf<typeof table> & { readonly eta?: number };

const etaOption: Option = { name: 'eta', default: 1, min: 0 };

/** A1111's defaults. */
export const defaultOptions = readSamplerOptions({});

/**
 * Options from a request: A1111's names, unknown ones ignored, missing ones at their default.
 * @example readSamplerOptions({ s_churn: 4 }).sChurn // 4
 * @throws EngineError 'request.invalid' naming the option whose value has the wrong type or lies outside its range.
 */
export function readSamplerOptions(given: Readonly<Record<string, unknown>>): SamplerOptions {
  const eta = readOption(etaOption, given);
  return { ...readOptions(table, given), eta: eta as number | undefined };
}
