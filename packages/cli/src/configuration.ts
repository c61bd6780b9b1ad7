/** The configuration as every command sees it. */
import { resolve } from 'node:path';
import { type Config, readConfig } from '@bottega/server/config';

const project = resolve(import.meta.dirname, '../../..');

/** Relative folders are meant from the project's folder, wherever one stands. Throws AppError `config.*`. */
export function configuration(env: Readonly<Record<string, string | undefined>>): Config {
  return readConfig(env, project);
}
