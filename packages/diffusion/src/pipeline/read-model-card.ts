import { readFile } from 'node:fs/promises';
import { parse, join } from 'node:path';
import { EngineError } from '../errors.ts';
import type { ModelCard } from './model-card.ts';

/** Describes what a field of the card may be: a test, and its words. */
type Rule = { readonly accepts: (value: unknown) => boolean; readonly demand: string };
/** The fields of the card and of its parts; a nested table describes a nested object. */
type Rules = { readonly [field: string]: Rule | Rules };

const text: Rule = { accepts: (value) => typeof value === 'string', demand: 'a text' };
const whole = (min: number, max: number): Rule => ({
  accepts: (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
  demand: `a whole number from ${min} to ${max}`,
});
const side = whole(8, 16_384);
const heads = whole(1, 1024);

const rules: Rules = {
  title: text,
  license: text,
  native: {
    width: side,
    height: side,
    min: side,
    max: side,
    otherSizes: {
      accepts: (value) => value === 'draw' || value === 'upscale',
      demand: '"draw" or "upscale"',
    },
  },
  defaults: {
    steps: whole(1, 150),
    cfgScale: {
      accepts: (value) => typeof value === 'number' && value >= 1 && value <= 30,
      demand: 'a number from 1 to 30',
    },
    sampler: text,
    scheduler: text,
    width: side,
    height: side,
  },
  upscaler: text,
  architecture: {
    unetHeads: heads,
    unetHeadChannels: heads,
    textHeads: heads,
    openClipHeads: heads,
    prediction: {
      accepts: (value) => value === 'epsilon' || value === 'v',
      demand: '"epsilon" or "v"',
    },
  },
};

/**
 * The card beside a checkpoint (`miniatura.safetensors` has `miniatura.json`); empty where there is none.
 * Fields that are not the card's are left alone: other programs keep notes in files of that name.
 * @throws EngineError 'card.malformed', naming the file and the field.
 */
export async function readModelCard(checkpoint: string): Promise<ModelCard> {
  const { dir, name } = parse(checkpoint);
  const path = join(dir, `${name}.json`);
  const fail = (reason: string): never => {
    throw new EngineError('card.malformed', { path, reason });
  };
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? '{}' : fail(error.message),
  );
  let card: unknown;
  try {
    card = JSON.parse(content);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
  return take(card, rules, '', fail) as ModelCard;
}

function take(value: unknown, table: Rules, at: string, fail: (reason: string) => never): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fail(`${at || 'the card'} must be an object`);
  }
  const given = new Map(Object.entries(value));
  const known = Object.entries(table).filter(([field]) => given.has(field));
  const missing = Object.keys(table).filter((field) => !given.has(field));
  if (at === 'native' && missing.length > 0) fail(`native lacks ${missing.join(', ')}`);
  return Object.fromEntries(
    known.map(([field, rule]) => {
      const name = at === '' ? field : `${at}.${field}`;
      const content = given.get(field);
      if (!isRule(rule)) return [field, take(content, rule, name, fail)];
      return rule.accepts(content) ? [field, content] : fail(`${name} must be ${rule.demand}`);
    }),
  );
}

function isRule(entry: Rule | Rules): entry is Rule {
  return typeof entry.accepts === 'function';
}
