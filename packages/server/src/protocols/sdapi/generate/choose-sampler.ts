/** Which sampler and schedule a request means. */
import type { sdapi } from '@bottega/contract';
import { resolveSampler, schedulers } from '@bottega/diffusion';

type Wanted = Pick<sdapi.Txt2ImgRequest, 'sampler_name' | 'sampler_index' | 'scheduler'>;

/**
 * Old names carry their schedule ("DPM++ 2M Karras"); a schedule of its own stands above that. Unknown samplers
 * become DPM++ 2M and unknown schedules Automatic without a word, as in A1111: clients with lists of old names live
 * on it.
 */
export function chooseSampler(request: Wanted): { readonly sampler: string; readonly scheduler: string } {
  const { sampler, scheduler } = resolveSampler(request.sampler_name || request.sampler_index);
  const own = schedulers.find(({ name, label }) => [name, label].includes(request.scheduler ?? ''));
  return { sampler: sampler.name, scheduler: (own ?? scheduler).label };
}
