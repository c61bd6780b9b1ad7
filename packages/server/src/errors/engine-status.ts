/** The HTTP status of each of the engine's errors. */
import type { EngineErrorCode } from '@bottega/diffusion';

export const engineStatus: Readonly<Record<EngineErrorCode, number>> = {
  'checkpoint.not-found': 404,
  'checkpoint.unreadable': 500,
  'checkpoint.truncated': 422,
  'checkpoint.malformed': 422,
  'checkpoint.unsafe': 422,
  'checkpoint.unsupported': 422,
  'checkpoint.tensor-missing': 422,
  'checkpoint.tensor-misshapen': 422,
  'adapter.malformed': 422,
  'adapter.not-finite': 422,
  'adapter.mismatch': 422,
  'adapter.no-room': 507,
  'embedding.malformed': 422,
  'embedding.mismatch': 422,
  'card.malformed': 422,
  'request.invalid': 422,
  'request.too-large': 422,
  'sampler.unknown': 422,
  'scheduler.unknown': 422,
  'sampler.too-few-steps': 422,
  'model.not-finite': 500,
  'picture.malformed': 422,
  'generation.cancelled': 409,
  'runtime.failed': 500,
};
