/** Prompts that are meant to hurt: each must be planned in full, with every chunk well formed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadClipTokenizer } from '../tokenizer/clip-tokenizer.ts';
import { stripComments } from './comments.ts';
import { takeExtraNetworks } from './extra-networks.ts';
import { planPrompt } from './prompt-plan.ts';

const tokenizer = await loadClipTokenizer();
const size = 100_000;
const repeat = (unit: string) => unit.repeat(size / unit.length);

const prompts: Readonly<Record<string, string>> = {
  nothing: '',
  'one letter': repeat('a'),
  'open brackets': repeat('('),
  'open brackets with words': repeat('[a'),
  'closing brackets': repeat('])'),
  'nested brackets': `${'(a'.repeat(33_000)}${')'.repeat(33_000)}`,
  'nested schedules': `${'['.repeat(25_000)}a${':9]'.repeat(25_000)}`,
  'nested alternations': `${'[b|'.repeat(25_000)}a${']'.repeat(25_000)}`,
  'schedules in a row': repeat('[a:b:9]'),
  bars: repeat('|'),
  backslashes: repeat('\\'),
  'white space': repeat(' '),
  'colons and white space': repeat(':    '),
  'unclosed networks': repeat('<lora:'),
  comments: repeat('#'),
  breaks: repeat('BREAK '),
  alternatives: repeat('AND '),
  emoji: repeat('😀'),
  'right to left': repeat('שלום \u202e'),
  NUL: repeat('\0'),
  'lone surrogates': repeat('\udca9\ud83d'),
  'stacked accents': `a${repeat('\u0301')}`,
  mojibake: repeat('Ã©日'),
  entities: `&${repeat('amp;')}`,
};

for (const [name, prompt] of Object.entries(prompts)) {
  test(`a prompt of ${name}`, () => {
    const positive = takeExtraNetworks(stripComments(prompt)).prompt;
    const { groups, conditionsAt } = planPrompt({
      prompt: positive,
      negativePrompt: prompt,
      steps: 20,
      tokenizer,
    });
    assert.ok(conditionsAt(0).positive.length >= 1);
    const chunks = groups.flatMap(({ texts }) => texts.flatMap((text) => text.chunks));
    assert.ok(chunks.length > 0);
    assert.ok(chunks.every(({ tokens, multipliers }) => tokens.length === 77 && multipliers.length === 77));
  });
}
