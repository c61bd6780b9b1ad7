/** For tests: what a text encoder's graph takes beside tokens where no words were learned; nothing for other graphs. */
import type { Graph } from '@bottega/graph';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';

export function noWords({ entries }: Graph): Readonly<Record<string, Tensor>> {
  for (const entry of entries) {
    if ('leaf' in entry && entry.leaf.kind === 'input' && entry.leaf.name === 'learned') {
      return { learned: tensor([1, Number(entry.shape[1])]) };
    }
  }
  return {};
}
