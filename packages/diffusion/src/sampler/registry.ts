import { EngineError } from '../errors.ts';
import { ddim, ddimCfgpp } from './ddim.ts';
import { dpm2Ancestral } from './dpm-2-ancestral.ts';
import { dpm2 } from './dpm-2.ts';
import { dpmAdaptive } from './dpm-adaptive.ts';
import { dpmFast, dpmFastOrders } from './dpm-fast.ts';
import { dpmpp2mSde, dpmpp2mSdeHeun } from './dpmpp-2m-sde.ts';
import { dpmpp2m } from './dpmpp-2m.ts';
import { dpmpp2sAncestral } from './dpmpp-2s-ancestral.ts';
import { dpmpp3mSde } from './dpmpp-3m-sde.ts';
import { dpmppSde } from './dpmpp-sde.ts';
import { eulerAncestral } from './euler-ancestral.ts';
import { euler } from './euler.ts';
import { heun } from './heun.ts';
import { lcm } from './lcm.ts';
import { lms } from './lms.ts';
import type { Sampler } from './plan.ts';
import { plms } from './plms.ts';
import { restart, restartSteps } from './restart.ts';
import { sigmaSampler } from './sigma-sampler.ts';
import { timestepSampler } from './timestep-sampler.ts';
import { uniPc } from './uni-pc.ts';

const churn = ['sChurn', 'sTmin', 'sTmax', 'sNoise'] as const;
const noisy = ['eta', 'sNoise'] as const;

/** Every sampler in A1111's order; the first stands in for unknown names in its API. */
export const samplers: readonly Sampler[] = [
  sigmaSampler({
    name: 'DPM++ 2M',
    aliases: ['k_dpmpp_2m'],
    defaultScheduler: 'karras',
    solve: dpmpp2m,
  }),
  sigmaSampler({
    name: 'DPM++ SDE',
    aliases: ['k_dpmpp_sde'],
    defaultScheduler: 'karras',
    secondOrder: true,
    brownian: true,
    options: noisy,
    solve: dpmppSde,
  }),
  sigmaSampler({
    name: 'DPM++ 2M SDE',
    aliases: ['k_dpmpp_2m_sde'],
    defaultScheduler: 'exponential',
    brownian: true,
    options: noisy,
    minimumSteps: 2,
    solve: dpmpp2mSde,
  }),
  sigmaSampler({
    name: 'DPM++ 2M SDE Heun',
    aliases: ['k_dpmpp_2m_sde_heun'],
    defaultScheduler: 'exponential',
    brownian: true,
    options: noisy,
    minimumSteps: 2,
    solve: dpmpp2mSdeHeun,
  }),
  sigmaSampler({
    name: 'DPM++ 2S a',
    aliases: ['k_dpmpp_2s_a'],
    defaultScheduler: 'karras',
    secondOrder: true,
    usesEnsd: true,
    options: noisy,
    solve: dpmpp2sAncestral,
  }),
  sigmaSampler({
    name: 'DPM++ 3M SDE',
    aliases: ['k_dpmpp_3m_sde'],
    defaultScheduler: 'exponential',
    brownian: true,
    discardNextToLastSigma: true,
    options: noisy,
    minimumSteps: 2,
    solve: dpmpp3mSde,
  }),
  sigmaSampler({
    name: 'Euler a',
    aliases: ['k_euler_a', 'k_euler_ancestral'],
    usesEnsd: true,
    options: ['eta'],
    solve: eulerAncestral,
  }),
  sigmaSampler({ name: 'Euler', aliases: ['k_euler'], options: churn, solve: euler }),
  sigmaSampler({ name: 'LMS', aliases: ['k_lms'], solve: lms }),
  sigmaSampler({ name: 'Heun', aliases: ['k_heun'], secondOrder: true, options: churn, solve: heun }),
  sigmaSampler({
    name: 'DPM2',
    aliases: ['k_dpm_2'],
    defaultScheduler: 'karras',
    secondOrder: true,
    discardNextToLastSigma: true,
    options: churn,
    solve: dpm2,
  }),
  sigmaSampler({
    name: 'DPM2 a',
    aliases: ['k_dpm_2_a'],
    defaultScheduler: 'karras',
    secondOrder: true,
    usesEnsd: true,
    discardNextToLastSigma: true,
    options: noisy,
    solve: dpm2Ancestral,
  }),
  sigmaSampler({
    name: 'DPM fast',
    aliases: ['k_dpm_fast'],
    usesEnsd: true,
    options: noisy,
    choosesLevels: true,
    solve: dpmFast,
    work: (_, calls) => ({ steps: dpmFastOrders(calls).length, calls }),
  }),
  sigmaSampler({
    name: 'DPM adaptive',
    aliases: ['k_dpm_ad'],
    usesEnsd: true,
    options: ['eta'],
    choosesLevels: true,
    solve: dpmAdaptive,
    work: () => ({}),
  }),
  sigmaSampler({
    name: 'Restart',
    aliases: ['restart'],
    defaultScheduler: 'karras',
    secondOrder: true,
    solve: restart,
    work: (sigmas) => {
      const steps = restartSteps(sigmas);
      return { steps: steps.length, calls: steps.reduce((calls, [, to]) => calls + (to > 0 ? 2 : 1), 0) };
    },
  }),
  timestepSampler({
    name: 'DDIM',
    aliases: ['ddim'],
    options: ['eta'],
    solve: ddim,
    work: (timesteps) => ({ steps: Math.max(timesteps - 1, 0), calls: Math.max(timesteps - 1, 0) }),
  }),
  timestepSampler({
    name: 'DDIM CFG++',
    aliases: ['ddim_cfgpp'],
    options: ['eta'],
    scaleFactor: 1 / 12.5,
    needsNegative: true,
    solve: ddimCfgpp,
    work: (timesteps) => ({ steps: Math.max(timesteps - 1, 0), calls: Math.max(timesteps - 1, 0) }),
  }),
  timestepSampler({
    name: 'PLMS',
    aliases: ['plms'],
    solve: plms,
    work: (timesteps) => ({ steps: Math.max(timesteps - 1, 0), calls: timesteps > 1 ? timesteps : 0 }),
  }),
  timestepSampler({
    name: 'UniPC',
    aliases: ['unipc'],
    options: ['uniPcVariant', 'uniPcSkipType', 'uniPcOrder', 'uniPcLowerOrderFinal'],
    minimumSteps: ({ uniPcOrder }) => uniPcOrder,
    solve: uniPc,
    work: (timesteps) => ({ steps: timesteps, calls: timesteps }),
  }),
  sigmaSampler({ name: 'LCM', aliases: ['k_lcm'], distilled: true, solve: lcm }),
];

/**
 * The sampler of this name or alias, in any case.
 * @throws EngineError 'sampler.unknown'
 */
export function findSampler(name: string): Sampler {
  const wanted = name.toLowerCase();
  const found = samplers.find(({ name, aliases }) =>
    [name, ...aliases].some((known) => known.toLowerCase() === wanted),
  );
  if (found === undefined) {
    throw new EngineError('sampler.unknown', { name, known: samplers.map(({ name }) => name).join(', ') });
  }
  return found;
}
