/** Drawing from pictures with a tiny random checkpoint. */
import { collect, flat, maskOf, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { ImageToImageRequest, MaskRequest, Model, RunOptions } from '../api.ts';
import { EngineError } from '../errors.ts';
import { fitImage } from '../image/fit.ts';
import { samplers } from '../sampler/registry.ts';
import { encodePicture } from './picture/encode-picture.ts';
import { imageToImage } from './image-to-image.ts';
import { loadModel, partsOf } from './load-model.ts';
import { drawFrom, gradient, rightHalf, sizeOf, small, still } from './test-drawing.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));

const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

const draw = (request: Partial<ImageToImageRequest>, options?: RunOptions, by: Model = model) =>
  drawFrom(by, request, options);

test('tells the same events as text to image, of the steps that are walked back', async () => {
  const events = await collect(
    imageToImage(model, { ...small, strength: 0.5, batchSize: 2 }, { previewEvery: 1 }),
  );
  assert.deepEqual(
    events.map(({ type }) => type),
    ['started', 'step', 'step', 'step', 'picture', 'picture', 'done'],
  );
  const [started] = events;
  assert.ok(started.type === 'started');
  assert.deepEqual([started.steps, started.width, started.height, started.seeds], [3, 32, 24, [5, 6]]);
});

test('the strength says how far the result goes from the picture; 0 adds the least noise there is', async (t) => {
  const { networks, ...parts } = partsOf(model);
  const start = await encodePicture(still, networks.encoder, networks.family.latentScale);
  for (const sampler of ['Euler a', 'DDIM']) {
    const distances: number[] = [];
    for (const strength of [0, 0.3, 0.6, 1]) {
      const decode = t.mock.method(partsOf(model), 'decode', parts.decode);
      await draw({ strength, sampler, steps: 8 });
      const [latents] = decode.mock.calls[0].arguments;
      distances.push(Math.hypot(...latents.data.map((value, i) => value - start.data[i])));
      decode.mock.restore();
    }
    assert.ok(distances[0] < 0.05 * distances[3], `${sampler}: ${distances.join()}`);
    assert.deepEqual(
      distances,
      distances.toSorted((a, b) => a - b),
      sampler,
    );
  }
});

for (const sampler of ['Euler a', 'DPM++ 2M SDE', 'DDIM']) {
  test(`a picture of a batch is the same picture alone (${sampler})`, async () => {
    const mask: MaskRequest = { image: maskOf(32, 24, (x) => x > 12), content: 'latent noise' };
    const other = gradient(40, 40);
    const common = { sampler, mask, encoderSeed: 3, width: 32, height: 24 };
    const together = await draw({ ...common, images: [still, other], batchSize: 2 });
    const [first] = await draw(common);
    const [second] = await draw({ ...common, images: [other], seed: 6 });
    const [, later] = await draw({ ...common, images: [other], batchCount: 2 });
    assert.deepEqual(
      [...together, later].map(({ image }) => image),
      [first, second, second].map(({ image }) => image),
    );
  });
}

test('pictures and masks of any size are brought to the size asked for', async () => {
  const wanted = { width: 40, height: 24 };
  for (const [width, height] of [
    [1, 1],
    [1, 50],
    [300, 7],
    [23, 41],
  ]) {
    for (const resizeMode of ['stretch', 'crop', 'fill'] as const) {
      const image = gradient(width, height);
      const mask = { image: flat(height, width, 0) };
      const [drawn] = await draw({ ...wanted, images: [image], resizeMode, mask, steps: 1 });
      assert.deepEqual(drawn.image, fitImage(image, resizeMode, 40, 24), `${resizeMode} ${width}x${height}`);
    }
  }
  const [alone] = await draw({ images: [gradient(1, 1)], steps: 1 });
  assert.equal(sizeOf(alone.image), '8x8');
  const [odd] = await draw({ images: [gradient(23, 41)], resizeMode: 'latent', ...wanted, steps: 1 });
  assert.equal(sizeOf(odd.image), '40x24');
  const [same] = await draw({ resizeMode: 'latent' });
  assert.deepEqual(same.image, (await draw({}))[0].image);
});

test('the encoder gives its mean, or what a seed chooses of its distribution', async () => {
  const [mean] = await draw({ strength: 0.1 });
  const [again] = await draw({ strength: 0.1 });
  const [sampled] = await draw({ strength: 0.1, encoderSeed: 1 });
  const [other] = await draw({ strength: 0.1, encoderSeed: 2 });
  assert.deepEqual(mean.image, again.image);
  assert.notDeepEqual(sampled.image, mean.image);
  assert.notDeepEqual(sampled.image, other.image);
  assert.match(sampled.infotext, /, Encoder seed: 1$/);
});

async function countSteps(request: Partial<ImageToImageRequest>): Promise<number> {
  const [started] = await collect(imageToImage(model, { ...small, ...request }));
  return started.type === 'started' ? started.steps : 0;
}

test("A1111's settings for pictures are followed and written", async () => {
  assert.equal(await countSteps({ strength: 0.5, steps: 6 }), 4);
  assert.equal(await countSteps({ strength: 0.5, steps: 6, samplerOptions: { img2img_fix_steps: true } }), 6);
  const samplerOptions = { initial_noise_multiplier: 0.5, img2img_extra_noise: 0.1 };
  const [changed] = await draw({ samplerOptions });
  assert.match(changed.infotext, /, Noise multiplier: 0.5, .*Extra noise: 0.1/);
  assert.notDeepEqual(changed.image, (await draw({}))[0].image);
});

test('a model that draws small encodes small, enlarges, and still leaves alone what is not masked', async () => {
  const path = writeTinyCheckpoint(join(folder, 'native.safetensors'));
  const native = { width: 32, height: 32, min: 24, max: 48, otherSizes: 'upscale' };
  writeFileSync(join(folder, 'native.json'), JSON.stringify({ native }));
  await using by = await loadModel(path, { threads: 1 });
  const image = gradient(96, 96);
  const mask = { image: maskOf(96, 96, (x) => x < 48), blur: 0 };
  const [whole] = await draw({ images: [image], mask }, {}, by);
  assert.equal(sizeOf(whole.image), '96x96');
  assert.match(whole.infotext, /Size: 96x96, .*Drawn at: 32x32/);
  assert.deepEqual(rightHalf(whole.image), rightHalf(image));
  // A mask for the latents that has the size asked for is brought to the one that is drawn.
  const fill = { ...mask, content: 'fill' as const };
  const [filled] = await draw({ images: [image], mask: fill }, {}, by);
  const [same] = await draw({ images: [image], mask: { ...fill, latents: mask.image } }, {}, by);
  const [none] = await draw({ images: [image], mask: { ...fill, latents: flat(96, 96, 0) } }, {}, by);
  assert.deepEqual(same.image, filled.image);
  assert.notDeepEqual(none.image, filled.image);
  const [area] = await draw({ images: [image], mask: { ...mask, area: 'masked' } }, {}, by);
  assert.match(area.infotext, /Size: 32x32, /);
  assert.doesNotMatch(area.infotext, /Drawn at/);
  assert.deepEqual(rightHalf(area.image), rightHalf(image));
});

async function refused(request: object, error: object, options?: RunOptions): Promise<void> {
  const events = imageToImage(model, { ...small, ...request }, options);
  await assert.rejects(events.next(), error, JSON.stringify(error));
}

const invalid = (message: RegExp): object => ({ code: 'request.invalid', message });

test('what cannot be drawn is refused before anything is drawn', async () => {
  const mask = { image: flat(32, 24, 255) };
  await refused(
    { images: [still, still, still] },
    invalid(/^images: must be one picture, or as many .*not 3/),
  );
  await refused({ resizeMode: 'latent', mask, width: 64, height: 64 }, invalid(/^resizeMode: .* 64x64/));
  await refused({ strength: 0, samplerOptions: { img2img_fix_steps: true } }, invalid(/^strength: /));
  await refused(
    { images: [still, gradient(8, 8)], batchSize: 2, mask: { ...mask, area: 'masked' } },
    invalid(/one size/),
  );
  await refused({ sampler: 'Eulr' }, { code: 'sampler.unknown' });
  const tiny = { images: [gradient(7, 9)], resizeMode: 'latent', width: 32, height: 32 };
  await refused(tiny, invalid(/^images: .* 8x8 .*latent.* 7x9/));
});

test('pictures beyond what memory holds are refused with the numbers', async () => {
  const vast = { width: 20_000, height: 20_000, data: new Uint8Array(3) };
  await refused(
    { images: [vast] },
    { code: 'request.invalid', message: /^images\[0\].width: .* 16384, not 20000/ },
  );
  const images = [flat(2048, 2048, 0)];
  const tooLarge = { code: 'request.too-large', message: /^images: 2048x2048 .* 1\.5 GB .* 1\.0 GB/ };
  await refused({ images, width: 32, height: 32, resizeMode: 'latent' }, tooLarge, { memoryLimit: 1e9 });
  const [drawn] = await draw({ images, width: 32, height: 32, steps: 1 }, { memoryLimit: 1e9 });
  assert.equal(sizeOf(drawn.image), '32x32');
});

test('aborting ends it before the picture is encoded, and the model draws on', async (t) => {
  const encoder = t.mock.method(partsOf(model).networks, 'encoder');
  const abort = new AbortController();
  const seen: string[] = [];
  const drawing = async (): Promise<void> => {
    for await (const { type } of imageToImage(model, small, { signal: abort.signal })) {
      seen.push(type);
      abort.abort();
    }
  };
  await assert.rejects(drawing, { code: 'generation.cancelled' });
  assert.deepEqual([seen, encoder.mock.callCount()], [['started'], 0]);
  assert.equal((await draw({})).length, 1);
});

test('NaN from the encoder is an error, before the first step', async (t) => {
  const failure = new EngineError('model.not-finite', { step: '?' });
  t.mock.method(partsOf(model).networks, 'encoder', () => Promise.reject(failure));
  await assert.rejects(draw({}), { code: 'model.not-finite', details: { step: 0 } });
});

for (const { name } of samplers) {
  test(`${name} draws the masked half and tells every step`, async () => {
    const mask: MaskRequest = { image: maskOf(32, 24, (x) => x < 16), blur: 0 };
    const events = await collect(imageToImage(model, { ...small, sampler: name, steps: 6, mask }));
    const [started] = events;
    const last = events.findLast((event) => event.type === 'step');
    const drawn = events.find((event) => event.type === 'picture');
    assert.ok(started.type === 'started' && drawn);
    assert.equal(last?.step, started.steps);
    assert.deepEqual(rightHalf(drawn.image), rightHalf(still));
    assert.notDeepEqual(drawn.image, still);
  });
}
