/**
 * For tests, a program of its own: switches a hundred times between models of which one fits, draws with each,
 * and prints what it holds after every tenth switch, as JSON. `node --expose-gc switching-program.ts MODEL ...`
 */
import { existsSync, readdirSync } from 'node:fs';
import { loadModel, textToImage } from '@bottega/diffusion';
import { createModelSlot } from './model-slot.ts';

/** What a process holds. */
export type Held = {
  /** Bytes of memory. */
  readonly resident: number;
  /** Open files, where the system tells them. */
  readonly files: number;
};

const models = process.argv.slice(2).map((path) => ({ path, sha256: undefined }));
const slot = createModelSlot({ loadModel }, { threads: 1 }, 1);
const request = { prompt: 'a cat', width: 16, height: 16, steps: 1, seed: 1, sampler: 'Euler' };
const held: Held[] = [];
for (let i = 0; i < 100; i++) {
  const model = await slot.get(models[i % models.length]);
  for await (const _ of textToImage(model, request));
  if (i % 10 !== 9) continue;
  globalThis.gc?.();
  const open = '/proc/self/fd';
  held.push({
    resident: process.memoryUsage.rss(),
    files: existsSync(open) ? readdirSync(open).length : 0,
  });
}
console.log(JSON.stringify(held));
await slot.close();
