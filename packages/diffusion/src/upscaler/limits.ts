import { EngineError } from '../errors.ts';

/** As many pixels as a side may have, and as a picture may have in all: 384 MiB of colours. */
const limits = { side: 16_384, pixels: 2 ** 27 } as const;

/** @throws EngineError 'request.invalid' for a picture that is too large to be made. */
export function requirePossible(width: number, height: number): void {
  if (width <= limits.side && height <= limits.side && width * height <= limits.pixels) return;
  const most = `at most ${limits.side} pixels a side and ${Math.floor(limits.pixels / 1e6)} million in all`;
  const reason = `would need a picture of ${width}x${height}; possible are ${most}`;
  throw new EngineError('request.invalid', { field: 'scale', reason });
}

/** @throws EngineError 'generation.cancelled' once the signal is aborted. */
export function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw new EngineError('generation.cancelled', {}, { cause: signal.reason });
}
