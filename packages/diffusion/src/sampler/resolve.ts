import { automatic, schedulers } from '../schedule/registry.ts';
import type { Scheduler } from '../schedule/registry.ts';
import type { Sampler } from './plan.ts';
import { samplers } from './registry.ts';

/**
 * A1111's forgiving way from names to a sampler and a schedule, for its API and for infotext: a schedule at the end
 * of the sampler's name ("DPM++ 2M Karras") wins, unknown samplers are the first one and unknown schedules
 * Automatic.
 * @param convertAutomatic whether the sampler's own default schedule is called Automatic.
 * @example resolveSampler('Euler Karras') // Euler, Karras
 */
export function resolveSampler(
  samplerName?: string | null,
  schedulerName?: string | null,
  convertAutomatic = true,
): { readonly sampler: Sampler; readonly scheduler: Scheduler } {
  let scheduler =
    schedulers.find(({ name, label }) => schedulerName === name || schedulerName === label) ?? automatic;
  let name = samplerName || samplers[0].name;
  for (const candidate of schedulers) {
    const endings = [candidate.label, candidate.name, ...candidate.aliases];
    const ending = endings.find((ending) => name.endsWith(` ${ending}`));
    if (ending === undefined) continue;
    scheduler = candidate;
    name = name.slice(0, -(ending.length + 1));
  }
  const sampler = samplers.find((sampler) => sampler.name === name) ?? samplers[0];
  const isDefault = sampler.defaultScheduler === scheduler.name;
  return { sampler, scheduler: convertAutomatic && isDefault ? automatic : scheduler };
}
