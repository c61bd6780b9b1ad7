import type { TextToImageRequest } from '@bottega/diffusion';
import type { Part } from '../scripts/plan.ts';
import { remainingRequest } from '../worker/request.ts';

/** A part, of which nothing is drawn yet, as an order to the engine. */
export function requestOf({ recipe }: Part): TextToImageRequest {
  const whole = remainingRequest(recipe, new Set());
  if (whole === undefined) throw new Error('a part without pictures');
  return whole.request;
}
