/** The settings of A1111's clients: its defaults, what was written, and what this program knows itself. */
import { type ModelInfo, sdapi } from '@bottega/contract';
import type { JsonObject } from '../../../settings/settings-store.ts';
import { findModel, refuseUnusable } from '../lists/models.ts';
import { SdapiRefusal } from '../refusal.ts';
import { RequestMismatch } from '../request.ts';
import type { SdapiServices } from '../services.ts';

const settingsName = 'sdapi.options';
const mostKeys = 2000;
const longestKey = 200;
const longestValue = 100_000;

const defaults: Readonly<Record<string, sdapi.OptionValue>> = sdapi.optionDefaults;

export type Options = {
  /** Every key with its present value. */
  all(): Promise<JsonObject>;
  /**
   * Keeps `change`, unknown keys included, but for those that A1111 ignores too.
   * @throws RequestMismatch where a known key gets a value of another type, SdapiRefusal
   * for an unknown checkpoint, AppError for one that is refused.
   */
  write(change: JsonObject): Promise<void>;
  /** The model that draws under these settings. */
  model(settings: JsonObject): ModelInfo | undefined;
};

export function createOptions({ settings, models }: Pick<SdapiServices, 'settings' | 'models'>): Options {
  function model(from: JsonObject): ModelInfo | undefined {
    const wanted = from.sd_model_checkpoint;
    return (typeof wanted === 'string' ? findModel(models, wanted) : undefined) ?? findModel(models);
  }

  return {
    model,
    all: async () => {
      const written = withoutNulls(await settings.read(settingsName));
      const current = model(written);
      return {
        ...defaults,
        ...written,
        sd_model_checkpoint: current?.title ?? null,
        sd_checkpoint_hash: current?.sha256 ?? '',
      };
    },
    write: async (change) => {
      const { sd_model_checkpoint: wanted, ...rest } = change;
      const isWanted = wanted !== undefined && wanted !== null;
      const chosen = isWanted ? findModel(models, String(wanted)) : undefined;
      if (isWanted && chosen === undefined) {
        refuseUnusable(models, String(wanted));
        throw unknownCheckpoint(wanted);
      }
      check(rest);
      const known = Object.keys(await settings.read(settingsName));
      const count = new Set([...known, ...Object.keys(rest)]).size;
      if (count > mostKeys) refuse('__root__', `at most ${mostKeys} settings are kept`);
      const kept = Object.entries(rest).filter(([key]) => !sdapi.lockedOptions.has(key));
      await settings.merge(settingsName, {
        ...Object.fromEntries(kept),
        ...(chosen !== undefined && { sd_model_checkpoint: chosen.name }),
      });
    },
  };
}

function check(change: JsonObject): void {
  for (const [key, value] of Object.entries(change)) {
    const text = JSON.stringify(value);
    const isLong = key.length > longestKey || text.length > longestValue;
    if (isLong) refuse(key, `ensure this value has at most ${longestValue} characters`);
    if (key.includes('\0') || text.includes('\\u0000')) refuse(key, 'must not contain the character NUL');
    const usual = Object.hasOwn(defaults, key) ? defaults[key] : null;
    const isOther = usual !== null && value !== null && typeof value !== typeof usual;
    if (isOther) refuse(key, `${typeof usual} expected`);
  }
}

function refuse(key: string, msg: string): never {
  throw new RequestMismatch([{ loc: ['body', key.slice(0, longestKey)], msg, type: 'value_error' }]);
}

function unknownCheckpoint(name: unknown): SdapiRefusal {
  return new SdapiRefusal(500, {
    error: 'RuntimeError',
    errors: `model '${String(name).slice(0, 300)}' not found`,
  });
}

/** null stands for the default. */
function withoutNulls(values: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}
