/** The second pass, with tiny random checkpoints: what it does, step by step, and what is said of it. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { GenerationEvent, Model, RunOptions, TextToImageRequest } from '../../api.ts';
import { rowOf, stackRows } from '../../denoiser/rows.ts';
import { EngineError } from '../../errors.ts';
import { toImages } from '../../image/pixels.ts';
import { parseInfotext } from '../../infotext/parse.ts';
import { imageNoise } from '../../random/image-noise.ts';
import { sample } from '../../sampler/sample.ts';
import type { SampleInput } from '../../sampler/sample.ts';
import { openUpscaler } from '../../upscaler/open-upscaler.ts';
import { upscaleTo } from '../../upscaler/upscale-by.ts';
import { loadModel, partsOf } from '../load-model.ts';
import { bicubicAntialiased, bilinear, resizeLatents } from '../latents/resize-latents.ts';
import { encodePicture } from '../picture/encode-picture.ts';
import { prepareJob } from '../prepare-job.ts';
import { steeringOf } from '../steering.ts';
import { textToImage } from '../text-to-image.ts';
import type { HiresRequest } from './hires-request.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));
const load = (name: string, seed: number): Promise<Model> =>
  loadModel(writeTinyCheckpoint(join(folder, `${name}.safetensors`), { seed }), {
    threads: 1,
    sha256: `${seed}123456789abcdef`,
  });
const [model, other] = [await load('base', 0), await load('other', 1)];
after(() => Promise.all([model.dispose(), other.dispose()]));

const request: TextToImageRequest = {
  prompt: 'a cat',
  negativePrompt: 'fog',
  width: 32,
  height: 24,
  steps: 3,
  seed: 5,
  sampler: 'Euler',
};

type Picture = Extract<GenerationEvent, { type: 'picture' }>;

async function draw(
  hires: HiresRequest,
  changes: Partial<TextToImageRequest> = {},
  options: RunOptions = {},
) {
  const events = await collect(textToImage(model, { ...request, ...changes, hires }, options));
  const pictures = events.filter((event): event is Picture => event.type === 'picture');
  const [{ image, infotext }] = pictures;
  return { events, pictures, image, infotext, parsed: parseInfotext(infotext) };
}

function noiseOf(height: number, width: number): SampleInput['noise'] {
  return {
    next: imageNoise({ source: 'NV', shape: [4, height, width], seeds: [5] }),
    brownian: () => assert.fail('Euler asks for none'),
  };
}

/** The first pass and the second, put together here by hand. */
async function byHand(enlarge: 'Latent' | 'Latent (bicubic antialiased)' | 'Lanczos', strength: number) {
  const parts = partsOf(model);
  const job = prepareJob(model, parts, request, Infinity);
  const words = { plans: job.plan([]) };
  const { network, conditioning } = await steeringOf(parts, parts.networks, words, job, (run) => run);
  const common: Omit<SampleInput, 'noise'> = {
    sampler: job.sampler,
    scheduler: job.scheduler,
    steps: 3,
    options: job.options,
    model: { ...job.noise, network },
    conditioning: conditioning(1),
    scale: 7,
  };
  const first = await sample({ ...common, noise: noiseOf(3, 4) });
  const large = async () => {
    const row = rowOf(first.latents, 0);
    if (enlarge !== 'Lanczos') {
      return resizeLatents(row, 6, 8, enlarge === 'Latent' ? bilinear : bicubicAntialiased);
    }
    const [pixels] = toImages(await parts.decode(first.latents), 0);
    const enlarged = await upscaleTo(await openUpscaler('Lanczos'), pixels, { width: 64, height: 48 });
    return await encodePicture(enlarged, parts.networks.encoder, parts.networks.family.latentScale);
  };
  const picture = { latents: stackRows([await large()]), strength, exactSteps: 3, hires: {} };
  const second = await sample({ ...common, noise: noiseOf(6, 8), picture });
  return toImages(await parts.decode(second.latents), 0)[0];
}

for (const upscaler of ['Latent', 'Latent (bicubic antialiased)', 'Lanczos'] as const) {
  test(`${upscaler}: noise of the same seed in the new size, exactly as many steps, from what was enlarged`, async () => {
    const { image } = await draw({ upscaler, strength: 0.6 });
    const expected = await byHand(upscaler, 0.6);
    assert.deepEqual([image.width, image.height], [64, 48]);
    assert.ok(Buffer.from(image.data).equals(Buffer.from(expected.data)));
  });
}

test('a picture in the place of the first pass: the second pass of a drawing is drawn again, and nothing else', async () => {
  const [first] = (await collect(textToImage(model, request))).flatMap((event) =>
    event.type === 'picture' ? [event.image] : [],
  );
  const hires = { upscaler: 'Lanczos', strength: 0.6, steps: 2 };
  const whole = await draw(hires);
  const again = await draw({ ...hires, firstPass: first });
  assert.ok(Buffer.from(again.image.data).equals(Buffer.from(whole.image.data)));
  assert.equal(again.infotext, whole.infotext);
  const steps = again.events.flatMap((event) => (event.type === 'step' ? [event.step / event.steps] : []));
  assert.deepEqual(steps, [0.5, 1]);
  const others = await draw({ ...hires, firstPass: first }, { batchSize: 2, batchCount: 2 });
  const wholes = await draw({ ...hires, firstPass: first }, { seed: 8 });
  assert.equal(others.pictures.length, 4);
  assert.ok(Buffer.from(others.pictures[3].image.data).equals(Buffer.from(wholes.image.data)));
  assert.ok(Buffer.from(others.pictures[0].image.data).equals(Buffer.from(whole.image.data)));
});

test('such a picture goes through the encoder where latents are enlarged, whatever its size', async () => {
  const firstPass = { width: 17, height: 40, data: new Uint8Array(17 * 40 * 3).fill(90) };
  const { image, parsed } = await draw({ firstPass, sampler: 'DPM++ 2M', strength: 0.5 });
  assert.deepEqual([image.width, image.height], [64, 48]);
  // No first pass had a schedule, so the one of the second is another.
  assert.equal(parsed.get('Hires schedule type'), 'Karras');
  const parts = partsOf(model);
  const job = prepareJob(model, parts, { ...request, hires: { firstPass, strength: 0.5 } }, Infinity);
  const { network, conditioning } = await steeringOf(
    parts,
    parts.networks,
    { plans: job.plan([]) },
    job,
    (run) => run,
  );
  const { encoder, family } = parts.networks;
  const latents = await encodePicture(firstPass, encoder, family.latentScale);
  const second = await sample({
    sampler: job.sampler,
    scheduler: job.scheduler,
    steps: 3,
    options: job.options,
    model: { ...job.noise, network },
    conditioning: conditioning(1),
    scale: 7,
    noise: noiseOf(6, 8),
    picture: { latents: stackRows([resizeLatents(latents, 6, 8, bilinear)]), strength: 0.5, exactSteps: 3 },
  });
  const drawn = await draw({ firstPass, strength: 0.5 });
  const [expected] = toImages(await parts.decode(second.latents), 0);
  assert.ok(Buffer.from(drawn.image.data).equals(Buffer.from(expected.data)));
  await assert.rejects(draw({ firstPass: { width: 7, height: 9, data: new Uint8Array(189) } }), {
    code: 'request.invalid',
    message: /hires\.firstPass/,
  });
});

test('all steps of both passes are told, and the parts of the drawing that are done only grow', async () => {
  const { events } = await draw({ steps: 2 }, { batchSize: 2, batchCount: 2 });
  const steps = events.filter((event) => event.type === 'step');
  assert.deepEqual(
    steps.map(({ step, steps: all }) => [step, all]),
    Array.from({ length: 10 }, (_, i) => [i + 1, 10]),
  );
  assert.ok(steps.every(({ fraction }, i) => i === 0 || fraction >= steps[i - 1].fraction));
  const started = events.find((event) => event.type === 'started');
  assert.deepEqual([started?.width, started?.height, started?.pictures], [64, 48, 4]);
});

test('a picture of a batch is the same picture alone', async () => {
  const { pictures } = await draw({}, { batchSize: 2, sampler: 'DPM++ 2M SDE' });
  const { image } = await draw({}, { seed: 6, sampler: 'DPM++ 2M SDE' });
  assert.ok(Buffer.from(pictures[1].image.data).equals(Buffer.from(image.data)));
});

test('what equals the first pass is not said, and the size is that of the first', async () => {
  const { infotext } = await draw({});
  assert.match(
    infotext,
    /Size: 32x24, Model hash: 0123456789, Model: base, Denoising strength: 0\.7, RNG: NV, Hires upscale: 2\.0, Hires upscaler: Latent$/m,
  );
});

test('everything that is said of a second pass, in the order of the original', async () => {
  const { infotext, parsed } = await draw({
    width: 72,
    height: 40,
    upscaler: 'latent (NEAREST-exact)',
    steps: 2,
    strength: 0.5,
    sampler: 'DPM++ 2M',
    scheduler: 'Exponential',
    prompt: 'a dog, "running"',
    negativePrompt: 'rain',
    cfgScale: 5,
    model: other,
  });
  assert.match(
    infotext,
    /Hires checkpoint: other \[1123456789\], Hires sampler: DPM\+\+ 2M, Hires prompt: "a dog, \\"running\\"", Hires negative prompt: rain, Hires CFG Scale: 5\.0, Hires schedule type: Exponential, Hires resize: 72x40, Hires steps: 2, Hires upscaler: Latent \(nearest-exact\)/,
  );
  assert.equal(parsed.get('Hires prompt'), 'a dog, "running"');
  assert.equal(parsed.get('Hires resize-1'), '72');
});

for (const [what, change] of [
  ['its prompt', { prompt: 'a dog' }],
  ['its negative prompt', { negativePrompt: 'rain' }],
  ['its guidance', { cfgScale: 2 }],
  ['its sampler', { sampler: 'Heun' }],
  ['its schedule', { scheduler: 'Karras' }],
  ['its steps', { steps: 2 }],
  ['its strength', { strength: 0.3 }],
  ['its model', { model: other }],
] as const) {
  test(`${what} changes the picture`, async () => {
    const [usual, changed] = [await draw({}), await draw(change)];
    assert.ok(!Buffer.from(usual.image.data).equals(Buffer.from(changed.image.data)));
  });
}

test('with both sides the picture has about that size, and what stands over is cut off', async () => {
  const { image } = await draw({ width: 64, height: 64 });
  assert.deepEqual([image.width, image.height], [64, 64]);
  const odd = await draw({ scale: 1.3, upscaler: 'Lanczos' });
  assert.deepEqual([odd.image.width, odd.image.height], [40, 24]);
});

test('a prompt schedule: fractions from 1 on belong to the second pass', async () => {
  const { image } = await draw({}, { prompt: 'a [cat:dog:1.0]' });
  const own = await draw({ prompt: 'a dog' }, { prompt: 'a cat' });
  assert.ok(Buffer.from(image.data).equals(Buffer.from(own.image.data)));
});

for (const [field, hires] of [
  ['hires.scale', { scale: 17 }],
  ['hires.scale (width of the second pass)', { scale: 0.2 }],
  ['hires.width', { width: 7 }],
  ['hires.strength', { strength: 0 }],
  ['hires.steps', { steps: 151 }],
  ['hires.cfgScale', { cfgScale: -1 }],
  ['upscaler', { upscaler: 'nothing like it' }],
] as const) {
  test(`${field} = ${JSON.stringify(Object.values(hires)[0])} is refused`, async () => {
    await assert.rejects(draw(hires), (error) => {
      assert.ok(error instanceof EngineError);
      assert.equal(error.code, 'request.invalid');
      assert.equal(error.details.field, field);
      return true;
    });
  });
}

test('a second pass of 16,384 pixels is refused before anything is drawn, with the numbers', async () => {
  const hires = { width: 16_384, height: 16_384 };
  await assert.rejects(draw(hires, {}, { memoryLimit: 8e9 }), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.code, 'request.too-large');
    assert.match(error.message, /16384x16384 needs about [\d.]+ GB of memory and 8\.0 GB is free/);
    return true;
  });
});
