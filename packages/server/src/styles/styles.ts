/** A1111's styles: saved pieces of prompt in `styles.csv`, which people bring along. */
import { readFile, stat } from 'node:fs/promises';
import { applyStyles, type Style } from '@bottega/diffusion';
import { parseCsv } from './csv.ts';

export type Words = { readonly prompt: string; readonly negativePrompt: string };

const largestFile = 2 ** 22;

/**
 * Read anew every time, so that an edited file counts at once.
 * @param path Columns `name`, `prompt` (in old files `text`) and `negative_prompt`; a missing file has no styles.
 */
export async function readStyles(path: string | undefined): Promise<readonly Style[]> {
  if (path === undefined) return [];
  const size = await stat(path).then(
    (info) => (info.isFile() ? info.size : 0),
    () => 0,
  );
  if (size === 0 || size > largestFile) return [];
  const [header = [], ...rows] = parseCsv((await readFile(path, 'utf8')).replace(/^\ufeff/, ''));
  const column = (row: readonly string[], ...names: readonly string[]): string =>
    row[header.findIndex((name) => names.includes(name.trim()))] ?? '';
  return rows.map((row) => ({
    name: column(row, 'name'),
    prompt: column(row, 'prompt', 'text'),
    negativePrompt: column(row, 'negative_prompt'),
  }));
}

/** `words` with the styles of these names, one after the other; unknown names change nothing. */
export function withStyles(words: Words, names: readonly string[], styles: readonly Style[]): Words {
  const chosen = names.flatMap((name) => styles.find((style) => style.name === name) ?? []);
  return {
    prompt: applyStyles(
      words.prompt,
      chosen.map(({ prompt }) => prompt),
    ),
    negativePrompt: applyStyles(
      words.negativePrompt,
      chosen.map(({ negativePrompt }) => negativePrompt),
    ),
  };
}
