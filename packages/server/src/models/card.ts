/** Reads the small JSON file beside a model that tells its defaults. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { ModelCard } from '@bottega/diffusion';

const largest = 2 ** 16;

/** @returns an empty card where there is none or it is not JSON: a card is advice. */
export async function readCard(modelPath: string): Promise<ModelCard> {
  try {
    const text = await readFile(`${modelPath.slice(0, -extname(modelPath).length)}.json`, 'utf8');
    const value: unknown = text.length > largest ? {} : JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as ModelCard) : {};
  } catch {
    return {};
  }
}
