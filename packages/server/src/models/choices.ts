/** The engine's samplers and schedules, as a page offers them. */
import type { Choices } from '@bottega/contract';

/** Until the engine exports its registries. */
export const choices: Choices = {
  samplers: [
    { name: 'DPM++ 2M', aliases: ['k_dpmpp_2m'] },
    { name: 'Euler a', aliases: ['k_euler_a', 'k_euler_ancestral'] },
    { name: 'Euler', aliases: ['k_euler'] },
    { name: 'Heun', aliases: ['k_heun'] },
    { name: 'DDIM', aliases: ['ddim'] },
  ],
  schedulers: [
    { name: 'automatic', label: 'Automatic' },
    { name: 'uniform', label: 'Uniform' },
    { name: 'karras', label: 'Karras' },
    { name: 'exponential', label: 'Exponential' },
    { name: 'sgm_uniform', label: 'SGM Uniform' },
    { name: 'simple', label: 'Simple' },
    { name: 'normal', label: 'Normal' },
  ],
};
