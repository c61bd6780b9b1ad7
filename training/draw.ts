/**
 * Draws a JSON-lines file of prompts ({ id, prompt, seed }) with the engine, for evaluate.py and compare.py.
 * node scripts/bootstrap.mjs training/draw.ts --prompts p.jsonl --out DIR [--model FILE] [--latents] [--limit N]
 * Noise is PyTorch's ('CPU'), so that draw.py starts from the same; pictures that exist are kept.
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodePng, loadModel, textToImage } from '../packages/diffusion/src/index.ts';
import { partsOf } from '../packages/diffusion/src/pipeline/load-model.ts';

type Row = { readonly id: string; readonly prompt: string; readonly seed: number };

const { values } = parseArgs({
  options: {
    prompts: { type: 'string' },
    out: { type: 'string' },
    model: { type: 'string', default: 'models/miniatura/miniatura.safetensors' },
    latents: { type: 'boolean', default: false },
    limit: { type: 'string', default: '1000000' },
  },
});
if (values.prompts === undefined || values.out === undefined)
  throw new Error('--prompts and --out are needed');
const out = values.out;
await mkdir(out, { recursive: true });
const lines = (await readFile(values.prompts, 'utf8')).trim().split('\n').slice(0, Number(values.limit));
const rows = lines.map((line) => JSON.parse(line) as Row);

await using model = await loadModel(values.model);
let latest = new Float32Array();
if (values.latents) {
  const parts = partsOf(model) as { decode: ReturnType<typeof partsOf>['decode'] };
  const { decode } = parts;
  parts.decode = (latents) => {
    latest = Float32Array.from(latents.data);
    return decode(latents);
  };
}
const began = performance.now();
let drawn = 0;
for (const { id, prompt, seed } of rows) {
  const file = join(out, `${id}.png`);
  if (existsSync(file) && !values.latents) continue;
  for await (const event of textToImage(model, { prompt, seed, randomSource: 'CPU' })) {
    if (event.type !== 'picture') continue;
    await writeFile(file, encodePng(event.image, event.infotext));
    if (values.latents) await writeFile(join(out, `${id}.f32`), new Uint8Array(latest.buffer));
    drawn++;
  }
}
console.log(`${drawn} pictures, ${((performance.now() - began) / 1000 / drawn).toFixed(2)} s each`);
