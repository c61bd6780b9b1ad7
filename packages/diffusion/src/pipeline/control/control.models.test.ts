/** ControlNets of random weights with the tiny checkpoints of every architecture: they are heard, and told apart. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  collect,
  controlNetLayout,
  modelsFolder,
  overridesOf,
  writeRandomCheckpoint,
} from '@bottega/testing';
import type { Model, RgbImage } from '../../api.ts';
import { openWeights } from '../../checkpoint/open-weights.ts';
import { shapesOf } from '../../checkpoint/weight-file.ts';
import { loadModel } from '../load-model.ts';
import { textToImage } from '../text-to-image.ts';
import type { ControlNet } from './control-request.ts';
import { loadControlNet } from './load-control-net.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-control-'));
after(() => rmSync(folder, { recursive: true }));
const image: RgbImage = {
  width: 64,
  height: 64,
  data: Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (Math.floor(i / 400) % 2) * 255),
};
const pathOf = (name: string): string => join(modelsFolder, `models/${name}.fp16.safetensors`);
const names = ['sd1-tiny', 'sd2-tiny', 'sdxl-tiny'].filter((name) => existsSync(pathOf(name)));

async function open(name: string): Promise<{ readonly model: Model; readonly net: ControlNet }> {
  const overrides = overridesOf(name);
  const model = await loadModel(pathOf(name), { threads: 1, overrides });
  const path = join(folder, `${name}-control.safetensors`);
  writeRandomCheckpoint(path, controlNetLayout(shapesOf(await openWeights(pathOf(name)))), 'F16');
  return { model, net: await loadControlNet(path, { threads: 1, overrides }) };
}

async function draw(model: Model, net?: ControlNet): Promise<Uint8Array> {
  const controls = net === undefined ? [] : [{ model: net, image }];
  const request = { prompt: 'a cat', width: 64, height: 64, steps: 2, seed: 3, controls };
  const events = await collect(textToImage(model, request));
  const picture = events.find((event) => event.type === 'picture');
  assert.ok(picture);
  return picture.image.data;
}

for (const name of names) {
  test(`${name} hears a ControlNet of its architecture, and no other`, async () => {
    const { model, net } = await open(name);
    assert.notDeepEqual(await draw(model, net), await draw(model));
    for (const other of names.filter((one) => one !== name)) {
      const stranger = await open(other);
      await assert.rejects(draw(model, stranger.net), { code: 'control.mismatch' }, other);
      await stranger.model.dispose();
      await stranger.net.dispose();
    }
    await model.dispose();
    await net.dispose();
  });
}
