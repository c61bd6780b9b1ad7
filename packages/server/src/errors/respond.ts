/** Errors at the edge: what a client is told, and what only the log learns. */
import { randomBytes } from 'node:crypto';
import { AppError, type ErrorBody } from '@bottega/contract';
import { EngineError } from '@bottega/diffusion';
import type { Logger } from '../log/logger.ts';
import { engineStatus } from './engine-status.ts';

export type Told = { readonly status: number; readonly body: ErrorBody };

/** Known errors are told as they are; of others only a reference, under which the log has the whole. */
export function tellError(error: unknown, log: Logger): Told {
  const known = asKnown(error);
  if (known !== undefined) return known;
  const reference = randomBytes(4).toString('hex');
  log.error('a request failed', { reference, error });
  return told(new AppError('server.failed', { reference }));
}

function asKnown(error: unknown): Told | undefined {
  if (error instanceof AppError) return told(error);
  if (!(error instanceof EngineError)) return undefined;
  const { code, message, details } = error;
  return { status: engineStatus[code], body: { error: { code, message, ...fieldOf(code, details) } } };
}

function told(error: AppError): Told {
  const { code, message, details } = error;
  return { status: error.status, body: { error: { code, message, ...fieldOf(code, details) } } };
}

const fields: Readonly<Record<string, string>> = {
  'sampler.unknown': 'sampler',
  'scheduler.unknown': 'scheduler',
  'model.unknown': 'model',
  'sampler.too-few-steps': 'steps',
};

function fieldOf(code: string, details: Readonly<Record<string, string | number>>): { field?: string } {
  const field = code.startsWith('request.') ? details.field : fields[code];
  return field === undefined ? {} : { field: String(field) };
}
