import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const own = join(import.meta.dirname, '../../diffusion/test-data/vectors');

/**
 * Numbers computed by the original programs, kept in `packages/diffusion/test-data/vectors`; the environment
 * variable VECTORS names another folder of the same form. Files and groups of cases that it lacks are our own.
 * @param name a file's name without `.json`.
 * @param reviver as `JSON.parse` takes it, for those who must tell `7.0` from `7`.
 */
export function readVectors<T>(name: string, reviver?: (key: string, value: unknown) => unknown): T {
  const folders = [own, process.env.VECTORS ?? own].map((folder) => join(folder, `${name}.json`));
  const files = folders.filter((path) => existsSync(path));
  const groups = files.map((path) => JSON.parse(readFileSync(path, 'utf8'), reviver) as object);
  return Object.assign({}, ...groups) as T;
}
