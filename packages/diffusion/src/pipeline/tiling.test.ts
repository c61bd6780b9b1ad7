/** Pictures that are laid as tiles: no place in them is an edge. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { philoxNormals } from '../random/philox-normals.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { loadModel, partsOf } from './load-model.ts';
import { textToImage } from './text-to-image.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));
const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

const [plain, tiled] = [partsOf(model), partsOf(model, true)];
const [height, width] = [16, 16];
/** As far as every level of the networks can follow. */
const shift = 8;

/** The last two axes moved on, what falls off one edge coming in at the other. */
function rolled({ shape, data }: Tensor, by: number): Tensor {
  const [rows, columns] = shape.slice(-2);
  const result = tensor(shape);
  data.forEach((value, i) => {
    const [plane, rest] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
    const [y, x] = [(Math.floor(rest / columns) + by) % rows, ((rest % columns) + by) % columns];
    result.data[(plane * rows + y) * columns + x] = value;
  });
  return result;
}

function furthest(a: Tensor, b: Tensor): number {
  return a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);
}

const latents = tensor([1, 4, height, width], philoxNormals(3)(4 * height * width));
const { unet } = plain.networks.configs;
const context = tensor([1, 77, unet.contextWidth], philoxNormals(4)(77 * unet.contextWidth));

function see({ network }: typeof plain.networks, x: Tensor): Promise<Tensor> {
  return network({ x, timesteps: Float32Array.of(500), context });
}

for (const [what, { networks, decode }, isSeamless] of [
  ['tiled', tiled, true],
  ['plain', plain, false],
] as const) {
  test(`the ${what} UNet ${isSeamless ? 'does not know' : 'knows'} where the edges are`, async () => {
    const [seen, moved] = [await see(networks, latents), await see(networks, rolled(latents, shift))];
    const difference = furthest(rolled(seen, shift), moved);
    assert.equal(difference < 1e-4, isSeamless, `${difference}`);
  });

  test(`the ${what} decoder ${isSeamless ? 'does not know' : 'knows'} where the edges are`, async () => {
    const moved = rolled(await decode(latents), shift * model.info.latentFactor);
    const difference = furthest(moved, await decode(rolled(latents, shift)));
    assert.equal(difference < 1e-4, isSeamless, `${difference}`);
  });
}

async function draw(tiling: boolean) {
  const request = { prompt: 'a', width: 64, height: 64, steps: 2, seed: 1, tiling };
  const events = await collect(textToImage(model, request));
  return events.find((event) => event.type === 'picture') ?? assert.fail();
}

test('a tiled picture is another one, says so, and leaves the plain one as it was', async () => {
  const [before, seamless, again] = [await draw(false), await draw(true), await draw(false)];
  assert.match(seamless.infotext, /RNG: NV, Tiling: True/);
  assert.doesNotMatch(before.infotext, /Tiling/);
  const [a, b, c] = [before, seamless, again].map(({ image }) => Buffer.from(image.data));
  assert.ok(!a.equals(b));
  assert.ok(a.equals(c));
});
