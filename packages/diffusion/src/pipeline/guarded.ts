import { EngineError } from '../errors.ts';

/**
 * A network that is given up at once when its signal is aborted, and whose errors say at which step they happened.
 * An evaluation that has begun cannot be stopped: the runtime's thread ends it and nobody waits for the result.
 * @throws EngineError 'generation.cancelled' once the signal is aborted.
 */
export function guarded<Input extends readonly unknown[], Result>(
  run: (...input: Input) => Promise<Result>,
  signal: AbortSignal,
  step: () => number,
): (...input: Input) => Promise<Result> {
  return async (...input) => {
    if (signal.aborted) throw cancelled(signal);
    try {
      return await untilAborted(run(...input), signal);
    } catch (error) {
      const isNumber = error instanceof EngineError && error.code === 'model.not-finite';
      throw isNumber ? new EngineError('model.not-finite', { step: step() }, { cause: error }) : error;
    }
  };
}

function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>();
  const giveUp = (): void => reject(cancelled(signal));
  signal.addEventListener('abort', giveUp, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  return promise;
}

function cancelled(signal: AbortSignal): EngineError {
  return new EngineError('generation.cancelled', {}, { cause: signal.reason });
}
