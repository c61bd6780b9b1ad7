/** A terminal for tests, in a folder of its own. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/**
 * What is said collects in `printed` and `notes` until `clear`; `dispose` removes the folder.
 * @param writeModel Writes the model `tiny`.
 */
export function testTerminal(writeModel: (path: string) => void) {
  const folder = mkdtempSync(join(tmpdir(), 'bottega-cli-'));
  const models = join(folder, 'data/models');
  mkdirSync(models, { recursive: true });
  writeModel(join(models, 'tiny.safetensors'));
  const printed: string[] = [];
  const notes: string[] = [];
  return {
    folder,
    models,
    printed,
    notes,
    clear: () => {
      printed.length = 0;
      notes.length = 0;
    },
    call: (words: readonly string[], signal = new AbortController().signal): Promise<number> =>
      run(words, {
        env: { BOTTEGA_DATA: join(folder, 'data') },
        cwd: folder,
        print: (text) => printed.push(text),
        note: (text) => notes.push(text),
        isTerminal: false,
        signal,
      }),
    dispose: () => rmSync(folder, { recursive: true }),
  };
}
