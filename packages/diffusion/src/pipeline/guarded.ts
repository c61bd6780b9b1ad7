import { setImmediate } from 'node:timers/promises';
import { EngineError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';

/**
 * A network that lets timers and messages through before each run, among them the one that cancels (the runtime
 * computes on this thread, so they only come in between), and whose errors say at which step they happened.
 * @throws EngineError 'generation.cancelled' once the signal is aborted.
 */
export function guarded<Input extends readonly unknown[]>(
  run: (...input: Input) => Promise<Tensor>,
  signal: AbortSignal,
  step: () => number,
): (...input: Input) => Promise<Tensor> {
  return async (...input) => {
    await setImmediate();
    if (signal.aborted) throw new EngineError('generation.cancelled', {}, { cause: signal.reason });
    try {
      return await run(...input);
    } catch (error) {
      const isNumber = error instanceof EngineError && error.code === 'model.not-finite';
      throw isNumber ? new EngineError('model.not-finite', { step: step() }, { cause: error }) : error;
    }
  };
}
