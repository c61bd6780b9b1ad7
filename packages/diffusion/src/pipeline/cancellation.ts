import { setImmediate } from 'node:timers/promises';
import { EngineError } from '../errors.ts';

/**
 * Lets timers and messages through, among them the one that cancels: the runtime computes on this thread, so they
 * only come in between.
 * @throws EngineError 'generation.cancelled'
 */
export async function pause(signal: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal.aborted) throw new EngineError('generation.cancelled', {}, { cause: signal.reason });
}
