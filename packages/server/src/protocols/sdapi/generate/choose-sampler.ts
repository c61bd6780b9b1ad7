/** Which sampler and schedule a request means. */
import type { Choices, sdapi } from '@bottega/contract';

type Wanted = Pick<sdapi.Txt2ImgRequest, 'sampler_name' | 'sampler_index' | 'scheduler'>;

/**
 * Old names carry their schedule ("DPM++ 2M Karras"); unknown samplers become the first one, DPM++ 2M, and unknown
 * schedules Automatic, without a word: A1111 does so, and clients with lists of old names live on it.
 */
export function chooseSampler(
  { sampler_name: named, sampler_index: indexed, scheduler: asked }: Wanted,
  { samplers, schedulers }: Choices,
): { readonly sampler: string; readonly scheduler: string } {
  const wanted = named || indexed || '';
  const endings = schedulers.flatMap(({ name, label }) => [label, name].map((ending) => ({ ending, label })));
  const ending = endings.find((one) => wanted.endsWith(` ${one.ending}`));
  const name = ending === undefined ? wanted : wanted.slice(0, -ending.ending.length - 1);
  const sampler = samplers.find((one) => one.name === name || one.aliases.includes(name)) ?? samplers[0];
  const explicit = schedulers.find((one) => one.label === asked || one.name === asked);
  return { sampler: sampler.name, scheduler: explicit?.label ?? ending?.label ?? 'Automatic' };
}
