/** Errors as A1111's clients expect them. */
import { AppError, type sdapi } from '@bottega/contract';
import { EngineError } from '@bottega/diffusion';
import { tellError } from '../../errors/respond.ts';
import type { Logger } from '../../log/logger.ts';
import { SdapiRefusal } from './refusal.ts';
import { RequestMismatch } from './request.ts';

export type SdapiAnswer = {
  readonly status: number;
  readonly body: sdapi.SdapiErrorBody | sdapi.ValidationErrorBody;
};

/**
 * Fields that do not fit become FastAPI's 422 with their place; everything else A1111's four keys, `error` being
 * "HTTPException" or this program's own code.
 */
export function tellSdapiError(error: unknown, log: Logger): SdapiAnswer {
  if (error instanceof RequestMismatch) return { status: 422, body: { detail: [...error.detail] } };
  if (error instanceof SdapiRefusal) return { status: error.status, body: error.body };
  const { status, body } = tellError(error, log);
  const { code, message, field } = body.error;
  if (code === 'request.invalid' && field !== undefined) {
    return {
      status,
      body: { detail: [{ loc: ['body', sdapiName(field)], msg: reasonOf(error), type: 'value_error' }] },
    };
  }
  return { status, body: { error: code, detail: message, body: '', errors: message } };
}

function reasonOf(error: unknown): string {
  const details = error instanceof AppError || error instanceof EngineError ? error.details : {};
  return String(details.reason ?? 'is not valid');
}

/** Recipe's names, whole or in their first part, whose A1111 name is not their snake case. */
const names: Readonly<Record<string, string>> = {
  'hires.width': 'hr_resize_x',
  'hires.height': 'hr_resize_y',
  'hires.scale': 'hr_scale',
  'hires.steps': 'hr_second_pass_steps',
  'hires.strength': 'denoising_strength',
  'hires.tokenMerging': 'token_merging_ratio_hr',
  batchCount: 'n_iter',
  sampler: 'sampler_name',
  clipSkip: 'CLIP_stop_at_last_layers',
  randomSource: 'randn_source',
  tokenMerging: 'token_merging_ratio',
  model: 'sd_model_checkpoint',
};

function sdapiName(field: string): string {
  if (Object.hasOwn(names, field)) return names[field];
  const [first, ...rest] = field.split('.');
  const own = names[first] ?? first.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return rest.at(-1) ?? own;
}
