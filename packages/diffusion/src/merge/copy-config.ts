import { constants, existsSync } from 'node:fs';
import { copyFile, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import type { MergeRequest } from './merge-request.ts';

/** What may lie beside a model under its name: its card, and A1111's configuration. */
const extensions = ['.json', '.yaml'] as const;

/**
 * Gives the new model the card and the configuration of the model that was chosen for it, each of the first that has
 * one. Files that exist stay.
 * @returns a function that takes them away again.
 */
export async function copyConfig(
  { a, b, c, configFrom = 'first' }: MergeRequest,
  result: string,
): Promise<() => Promise<void>> {
  const sources = { first: [a, b, c], b: [b], c: [c], none: [] }[configFrom];
  const made: string[] = [];
  const undo = async (): Promise<void> => {
    for (const path of made) await rm(path, { force: true });
  };
  try {
    for (const extension of extensions) {
      const beside = (path: string): string => path.slice(0, -extname(path).length || undefined) + extension;
      const source = sources.find((path) => path !== undefined && existsSync(beside(path)));
      const target = beside(result);
      if (source === undefined || existsSync(target)) continue;
      made.push(target);
      await copyFile(beside(source), target, constants.COPYFILE_EXCL);
    }
  } catch (error) {
    await undo();
    throw error;
  }
  return undo;
}
