/** Options of `imagine` for a second pass at a larger size (A1111's hires fix). */
import type { HiresRequest } from '@bottega/diffusion';
import { type Options, UsageError, type Values } from './command.ts';
import { given, number, text } from './options.ts';

export const secondPassOptions = {
  hires: { type: 'string', value: 'X', description: 'draw it a second time, X times the size' },
  'hires-upscaler': {
    type: 'string',
    value: 'NAME',
    description: 'Latent (default) and its variants, Lanczos, None ...',
  },
  'hires-strength': {
    type: 'string',
    value: 'X',
    description: 'how far it goes from the first, up to 1 (default 0.7)',
  },
  'hires-steps': { type: 'string', value: 'N', description: 'its steps (default: as many as the first)' },
} as const satisfies Options;

/** @throws UsageError */
export function readSecondPass(values: Values): HiresRequest | undefined {
  const scale = number(values, 'hires');
  if (scale === undefined) {
    const other = Object.keys(secondPassOptions).find((name) => values[name] !== undefined);
    if (other !== undefined) throw new UsageError(`--${other} needs --hires: how many times the size.`);
    return undefined;
  }
  return {
    scale,
    ...given({
      upscaler: text(values, 'hires-upscaler'),
      strength: number(values, 'hires-strength'),
      steps: number(values, 'hires-steps'),
    }),
  };
}
