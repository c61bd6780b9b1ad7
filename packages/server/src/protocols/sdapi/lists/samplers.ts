/** Samplers and schedules as A1111 lists them. */
import type { Choices, sdapi } from '@bottega/contract';

/** What A1111 says of its samplers beside their names (modules/sd_samplers_*.py): everything as text. */
const options: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'DPM++ 2M': { scheduler: 'karras' },
  'DPM++ SDE': { scheduler: 'karras', second_order: 'True', brownian_noise: 'True' },
  'DPM++ 2M SDE': { scheduler: 'exponential', brownian_noise: 'True' },
  'DPM++ 2M SDE Heun': { scheduler: 'exponential', brownian_noise: 'True', solver_type: 'heun' },
  'DPM++ 2S a': { scheduler: 'karras', uses_ensd: 'True', second_order: 'True' },
  'DPM++ 3M SDE': { scheduler: 'exponential', discard_next_to_last_sigma: 'True', brownian_noise: 'True' },
  'Euler a': { uses_ensd: 'True' },
  Heun: { second_order: 'True' },
  DPM2: { scheduler: 'karras', discard_next_to_last_sigma: 'True', second_order: 'True' },
  'DPM2 a': {
    scheduler: 'karras',
    discard_next_to_last_sigma: 'True',
    uses_ensd: 'True',
    second_order: 'True',
  },
  'DPM fast': { uses_ensd: 'True' },
  'DPM adaptive': { uses_ensd: 'True' },
  Restart: { scheduler: 'karras', second_order: 'True' },
};

export function listSamplers({ samplers }: Choices): sdapi.SamplerList {
  return samplers.map(({ name, aliases }) => ({ name, aliases, options: { ...options[name] } }));
}

const rhos: Readonly<Record<string, number>> = { karras: 7, polyexponential: 1 };
const aliases: Readonly<Record<string, readonly string[]>> = { sgm_uniform: ['SGMUniform'] };
/** Schedules that pick among the model's own noise levels. */
const needInnerModel = new Set(['uniform', 'sgm_uniform', 'simple', 'normal', 'ddim', 'beta']);

export function listSchedulers({ schedulers }: Choices): sdapi.SchedulerList {
  return schedulers.map(({ name, label }) => ({
    name,
    label,
    aliases: aliases[name] === undefined ? null : [...aliases[name]],
    default_rho: rhos[name] ?? -1,
    need_inner_model: needInnerModel.has(name),
  }));
}
