/** The card beside a checkpoint. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readModelCard } from './read-model-card.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));

const checkpoint = join(folder, 'a.model.safetensors');
const write = (content: string): void => writeFileSync(join(folder, 'a.model.json'), content);

test('a checkpoint without a card has an empty one', async () => {
  assert.deepEqual(await readModelCard(join(folder, 'none.safetensors')), {});
});

test('what the card says is read, what other programs put there is left alone', async () => {
  const card = {
    title: 'Miniatura',
    license: 'Apache-2.0',
    native: { width: 64, height: 64, min: 64, max: 96, otherSizes: 'upscale' },
    defaults: { steps: 20, cfgScale: 5, sampler: 'DPM++ 2M' },
    upscaler: 'esrgan-slim-x4',
    architecture: { unetHeads: 4 },
  };
  write(JSON.stringify({ ...card, 'sd version': 'SD1', notes: [1] }));
  assert.deepEqual(await readModelCard(checkpoint), card);
});

const broken: Readonly<Record<string, RegExp>> = {
  '{"title"': /a\.model\.json, the card/,
  '7': /the card must be an object/,
  '{"native": []}': /native must be an object/,
  '{"native": {"width": 64, "height": 64}}': /native lacks min, max, otherSizes/,
  '{"defaults": {"steps": "many"}}': /defaults\.steps must be a whole number from 1 to 150/,
  '{"defaults": {"cfgScale": 0}}': /defaults\.cfgScale must be a number from 1 to 30/,
  '{"title": {}}': /title must be a text/,
};

for (const [content, message] of Object.entries(broken)) {
  test(`${content} is refused with file and field`, async () => {
    write(content);
    await assert.rejects(readModelCard(checkpoint), { code: 'card.malformed', message });
  });
}
