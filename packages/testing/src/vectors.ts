import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const own = join(import.meta.dirname, '../../diffusion/test-data/vectors');

/**
 * Numbers computed by the original programs, kept in `packages/diffusion/test-data/vectors`; the environment
 * variable VECTORS names another folder of the same form.
 * @param name a file's name without `.json`.
 */
export function readVectors<T>(name: string): T {
  return JSON.parse(readVectorText(name)) as T;
}

/** The same as text, for those who must tell `7.0` from `7`. */
export function readVectorText(name: string): string {
  return readFileSync(join(process.env.VECTORS ?? own, `${name}.json`), 'utf8');
}
