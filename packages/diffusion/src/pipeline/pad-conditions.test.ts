/** A1111's `pad_cond_uncond` and its forerunner in whole drawings, on a tiny random checkpoint. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { loadModel, partsOf } from './load-model.ts';
import { textToImage } from './text-to-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-pad-'));
after(() => rmSync(folder, { recursive: true }));
const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

const long = 'a cat, '.repeat(40);

async function draw(request: object): Promise<{ readonly data: Buffer; readonly infotext: string }> {
  const common = { prompt: long, width: 32, height: 24, steps: 2, seed: 5 };
  const events = await collect(textToImage(model, { ...common, ...request }));
  const picture = events.find((event) => event.type === 'picture');
  assert.ok(picture);
  return { data: Buffer.from(picture.image.data), infotext: picture.infotext };
}

for (const [option, key] of [
  ['pad_cond_uncond', 'Pad conds: True'],
  ['pad_cond_uncond_v0', 'Pad conds v0: True'],
] as const) {
  test(`${option} lets the network answer both prompts at once, and the infotext says so`, async (t) => {
    const network = t.mock.method(partsOf(model).networks, 'network');
    // An empty one would be padded with what it is, and attention to the same twice is attention to it once.
    const plain = await draw({ negativePrompt: 'a dog' });
    const apart = network.mock.callCount();
    const padded = await draw({ negativePrompt: 'a dog', samplerOptions: { [option]: true } });
    assert.equal(network.mock.callCount() - apart, apart / 2);
    assert.ok(padded.infotext.includes(`, ${key}`));
    assert.doesNotMatch(plain.infotext, /Pad conds/);
    assert.ok(!padded.data.equals(plain.data));
  });

  test(`${option} changes nothing where prompts are of one length`, async () => {
    const plain = await draw({ prompt: 'a cat' });
    const same = await draw({ prompt: 'a cat', samplerOptions: { [option]: true } });
    assert.ok(same.data.equals(plain.data));
    assert.equal(same.infotext, plain.infotext);
  });
}
