/** What a person is told about a drawing that failed. */
import { randomBytes } from 'node:crypto';
import { AppError } from '@bottega/contract';
import type { EngineError } from '@bottega/diffusion';
import type { Logger } from '../log/logger.ts';
import type { Failure } from './job-store.ts';

/** Of errors that should not have happened only a reference is told, under which the log has the rest. */
export function explainFailure(error: unknown, generation: string, log: Logger): Failure {
  if (error instanceof AppError || isEngineError(error)) return { code: error.code, message: error.message };
  const reference = randomBytes(4).toString('hex');
  log.error('a drawing failed', { reference, generation, error });
  const { code, message } = new AppError('server.failed', { reference });
  return { code, message };
}

/** By name, since importing the class would bring the whole engine into a worker at rest. */
export function isEngineError(error: unknown): error is EngineError {
  return error instanceof Error && error.name === 'EngineError';
}
