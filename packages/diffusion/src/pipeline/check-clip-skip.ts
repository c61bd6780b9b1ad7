import { heededClipSkip } from '../models/families/clip-skip.ts';
import type { Networks } from '../runtime/networks.ts';
import { checkInteger } from './checks.ts';
import type { ModelOptions } from './model-options.ts';

/** @throws EngineError 'request.invalid' for a clip skip beyond the layers of the model's text encoders. */
export function checkClipSkip(
  { family, configs }: Pick<Networks, 'family' | 'configs'>,
  clipSkip: number,
  { clipLSkip }: ModelOptions,
): void {
  family.textEncoders.forEach((part, i) => {
    const heeded = heededClipSkip(part, clipSkip, clipLSkip);
    if (heeded !== undefined) checkInteger('clipSkip', heeded, { min: 1, max: configs.text[i].layers });
  });
}
