/** The engine's samplers and schedules as A1111 lists them. */
import type { sdapi } from '@bottega/contract';
import { samplers, schedulers } from '@bottega/diffusion';

type Sampler = (typeof samplers)[number];

export function listSamplers(): sdapi.SamplerList {
  return samplers.map((sampler) => ({
    name: sampler.name,
    aliases: [...sampler.aliases],
    options: optionsOf(sampler),
  }));
}

/** Only what applies is said, and everything as text. */
function optionsOf(sampler: Sampler): Readonly<Record<string, string>> {
  const flags = {
    discard_next_to_last_sigma: sampler.discardNextToLastSigma,
    uses_ensd: sampler.usesEnsd,
    second_order: sampler.secondOrder,
    brownian_noise: sampler.brownian,
  };
  const set = Object.entries(flags).filter(([, isSet]) => isSet);
  return {
    ...(sampler.defaultScheduler !== undefined && { scheduler: sampler.defaultScheduler }),
    ...Object.fromEntries(set.map(([name]) => [name, 'True'])),
  };
}

export function listSchedulers(): sdapi.SchedulerList {
  return schedulers.map(({ name, label, aliases, defaultRho, needsModel }) => ({
    name,
    label,
    aliases: aliases.length === 0 ? null : [...aliases],
    default_rho: defaultRho ?? -1,
    need_inner_model: needsModel,
  }));
}
