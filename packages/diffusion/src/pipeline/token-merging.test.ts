/** Token merging from the request to the UNet and the infotext. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { TextToImageRequest } from '../api.ts';
import { EngineError } from '../errors.ts';
import { loadModel } from './load-model.ts';
import { textToImage } from './text-to-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));
const path = writeTinyCheckpoint(join(folder, 'tiny.safetensors'));
const model = await loadModel(path, { threads: 1 });
after(() => model.dispose());

async function draw(request: Omit<TextToImageRequest, 'prompt'>, by = model) {
  const asked = { prompt: 'a', width: 72, height: 64, steps: 2, seed: 1, batchSize: 2, ...request };
  const events = await collect(textToImage(by, asked));
  const pictures = events.filter((event) => event.type === 'picture');
  assert.equal(pictures.length, 2);
  return { pixels: pictures.map(({ image }) => image.data), infotext: pictures[0].infotext };
}

test('merging changes the picture, more with more of it, and none leaves it as it was', async () => {
  const [before, little, much] = [
    await draw({}),
    await draw({ tokenMerging: 0.2 }),
    await draw({ tokenMerging: 0.6 }),
  ];
  assert.notDeepEqual(little.pixels, before.pixels);
  assert.notDeepEqual(much.pixels, little.pixels);
  assert.match(little.infotext, /Token merging ratio: 0\.2, RNG: NV/);
  const again = await draw({ tokenMerging: 0 });
  assert.deepEqual(again.pixels, before.pixels);
  assert.doesNotMatch(again.infotext, /Token merging/);
});

test('a picture of a batch is the one that it is alone', async () => {
  const { pixels } = await draw({ tokenMerging: 0.5 });
  const events = await collect(
    textToImage(model, { prompt: 'a', width: 72, height: 64, steps: 2, seed: 2, tokenMerging: 0.5 }),
  );
  const alone = events.find((event) => event.type === 'picture')?.image.data;
  assert.ok(alone);
  const difference = alone.map((value, i) => Math.abs(value - pixels[1][i]));
  assert.ok(Math.max(...difference) <= 1, `${Math.max(...difference)}`);
});

test('the second pass merges as the first one does, or as it is told', async () => {
  const hires = { scale: 1.5, steps: 1 };
  const [none, first, own] = [
    await draw({ hires }),
    await draw({ hires, tokenMerging: 0.4 }),
    await draw({ hires: { ...hires, tokenMerging: 0.3 } }),
  ];
  assert.doesNotMatch(none.infotext, /Token merging/);
  assert.match(first.infotext, /Token merging ratio: 0\.4, Token merging ratio hr: 0\.4/);
  assert.match(own.infotext, /Token merging ratio hr: 0\.3/);
  assert.doesNotMatch(own.infotext, /Token merging ratio: /);
  assert.notDeepEqual(own.pixels, none.pixels);
});

for (const mode of ['fast', 'int8'] as const) {
  test(`it works in the ${mode} mode`, async () => {
    await using other = await loadModel(path, { threads: 1, mode, int8Folder: join(folder, 'int8') });
    const [plain, merged] = [await draw({}, other), await draw({ tokenMerging: 0.5 }, other)];
    assert.notDeepEqual(merged.pixels, plain.pixels);
  });
}

test('what is no ratio is refused and named', async () => {
  for (const [field, request] of [
    ['tokenMerging', { tokenMerging: 0.95 }],
    ['hires.tokenMerging', { hires: { tokenMerging: -1 } }],
  ] as const) {
    await assert.rejects(draw(request), (error) => {
      assert.ok(error instanceof EngineError);
      assert.deepEqual([error.code, error.details.field], ['request.invalid', field]);
      return true;
    });
  }
});
