/** Wildcards: files of lines, of which a prompt's `__name__` takes one. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { wildcardsIn } from './names.ts';

/** Lines by the names of wildcards. */
export type Wildcards = ReadonlyMap<string, readonly string[]>;

const largestFile = 4 * 2 ** 20;
/** Of all files of one order. */
const largestTotal = 32 * 2 ** 20;
/** Wildcards name wildcards; a web of more than these is not followed. */
const mostFiles = 500;

/**
 * The wildcards that a text names, and those that they name; missing, empty and huge files are passed over. Read anew
 * every time, so that an edited file counts at once.
 * @param folder Of `NAME.txt`; it need not exist.
 */
export async function readWildcards(folder: string, text: string): Promise<Wildcards> {
  const found = new Map<string, readonly string[]>();
  const seen = new Set<string>();
  let room = largestTotal;
  let wanted = wildcardsIn(text);
  while (wanted.length > 0 && seen.size < mostFiles) {
    const next: string[] = [];
    for (const name of wanted.slice(0, mostFiles - seen.size)) {
      seen.add(name);
      const lines = await readLines(join(folder, `${name}.txt`), Math.min(room, largestFile));
      room -= lines.reduce((sum, line) => sum + line.length + 1, 0);
      if (lines.length === 0) continue;
      found.set(name, lines);
      next.push(...wildcardsIn(lines.join('\n')));
    }
    wanted = [...new Set(next)].filter((name) => !seen.has(name));
  }
  return found;
}

/** @param limit Bytes. */
async function readLines(path: string, limit: number): Promise<readonly string[]> {
  const info = await stat(path).catch(() => undefined);
  if (info?.isFile() !== true || info.size > limit) return [];
  const text = (await readFile(path, 'utf8')).replace(/^\ufeff/, '').replaceAll('\0', '');
  const lines = text.split(/\r\n|[\n\r\v\f\u2028\u2029]/);
  // As Python's splitlines: the end of the last line begins no other.
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
