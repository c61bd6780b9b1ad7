/** Drawing from pictures with a tiny random checkpoint. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type {
  GenerationEvent,
  ImageToImageRequest,
  MaskRequest,
  Model,
  RgbImage,
  RunOptions,
} from '../api.ts';
import { EngineError } from '../errors.ts';
import { fitImage } from '../image/fit.ts';
import { samplers } from '../sampler/registry.ts';
import { encodePicture } from './picture/encode-picture.ts';
import { imageToImage } from './image-to-image.ts';
import { loadModel, partsOf } from './load-model.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-'));
after(() => rmSync(folder, { recursive: true }));

const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

/** Colours that run across and down, with a square in the middle. */
function picture(width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3).map((_, i) => {
    const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)];
    const isInside = Math.abs(x - width / 2) < width / 5 && Math.abs(y - height / 2) < height / 5;
    return [(255 * x) / width, (255 * y) / height, isInside ? 250 : 30][i % 3];
  });
  return { width, height, data };
}

function flat(width: number, height: number, value: number): RgbImage {
  return { width, height, data: new Uint8Array(width * height * 3).fill(value) };
}

/** White in the given part, black elsewhere. */
function maskOf(width: number, height: number, isWhite: (x: number, y: number) => boolean): RgbImage {
  const data = new Uint8Array(width * height * 3).map((_, i) =>
    isWhite(Math.floor(i / 3) % width, Math.floor(i / 3 / width)) ? 255 : 0,
  );
  return { width, height, data };
}

const still = picture(32, 24);
const small: ImageToImageRequest = {
  prompt: 'a cat',
  images: [still],
  steps: 4,
  seed: 5,
  sampler: 'Euler a',
};

type Picture = Extract<GenerationEvent, { type: 'picture' }>;
async function draw(
  request: Partial<ImageToImageRequest>,
  options?: RunOptions,
  by: Model = model,
): Promise<Picture[]> {
  const events = await collect(imageToImage(by, { ...small, ...request }, options));
  return events.filter((event) => event.type === 'picture');
}

const sizeOf = ({ width, height }: RgbImage): string => `${width}x${height}`;

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
    const other = picture(40, 40);
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

test('a black mask leaves every pixel as it was, a white one none', async () => {
  for (const content of ['original', 'fill', 'latent noise', 'latent nothing'] as const) {
    const [black] = await draw({ mask: { image: flat(32, 24, 0), content } });
    assert.deepEqual(black.image, still, content);
    const [white] = await draw({ mask: { image: flat(32, 24, 255), content } });
    const [none] = await draw({ mask: { image: flat(32, 24, 0), invert: true, content } });
    assert.deepEqual(white.image, none.image, content);
    if (content === 'original') assert.deepEqual(white.image, (await draw({}))[0].image);
  }
});

const isInBar = (x: number, y: number): boolean => x >= 20 && x < 40 && y >= 24 && y < 30;

test('nothing beyond the reach of a blurred mask changes', async () => {
  for (const area of ['whole', 'masked'] as const) {
    const image = picture(64, 64);
    const mask: MaskRequest = { image: maskOf(64, 64, isInBar), blur: 2, area, padding: 4 };
    const [drawn] = await draw({ images: [image], mask, width: 64, height: 64 });
    const reach = 5;
    let changed = 0;
    drawn.image.data.forEach((value, i) => {
      const [x, y] = [Math.floor(i / 3) % 64, Math.floor(i / 3 / 64)];
      const isNear = x >= 20 - reach && x < 40 + reach && y >= 24 - reach && y < 30 + reach;
      if (!isNear) assert.equal(value, image.data[i], `${area} at ${x}, ${y}`);
      else if (value !== image.data[i]) changed++;
    });
    assert.ok(changed > 100, `${area}: ${changed} values changed`);
  }
});

test('a masked area is drawn at the size asked for and put back into its place', async () => {
  const image = picture(75, 53);
  const mask: MaskRequest = { image: maskOf(75, 53, (x, y) => x < 9 && y > 40), area: 'masked' };
  const events = await collect(
    imageToImage(model, { ...small, images: [image], mask, width: 32, height: 32 }),
  );
  const [started] = events;
  const drawn = events.find((event) => event.type === 'picture');
  assert.ok(started.type === 'started' && drawn);
  assert.deepEqual([started.width, started.height, sizeOf(drawn.image)], [75, 53, '75x53']);
  assert.match(
    drawn.infotext,
    /Size: 32x32, .*Denoising strength: 0.75, RNG: NV, Mask blur: 4, Inpaint area: Only masked, Masked area padding: 32$/,
  );
});

test('an empty mask has no area to draw, so the whole is drawn as without it, with a warning', async () => {
  const mask: MaskRequest = { image: flat(32, 24, 0), area: 'masked', content: 'fill' };
  const request = { ...small, mask, width: 32, height: 24 };
  const events = await collect(imageToImage(model, request));
  assert.ok(events[0].type === 'started' && /mask is empty/.test(events[0].warnings?.join() ?? ''));
  const drawn = events.find((event) => event.type === 'picture');
  assert.deepEqual(drawn?.image, (await draw({}))[0].image);
  assert.doesNotMatch(drawn?.infotext ?? '', /Inpaint area|Masked content/);
});

test('what the masked part starts from makes a difference', async () => {
  const image = maskOf(32, 24, (x) => x < 16);
  const drawn = new Set<string>();
  for (const content of ['original', 'fill', 'latent noise', 'latent nothing'] as const) {
    const [one] = await draw({ mask: { image, content, blur: 0 }, strength: 0.3 });
    drawn.add(Buffer.from(one.image.data).toString('base64'));
    const written = /Masked content: ([a-z ]+)/.exec(one.infotext)?.[1] ?? 'original';
    assert.equal(written, content);
  }
  assert.equal(drawn.size, 4);
});

test('pictures and masks of any size are brought to the size asked for', async () => {
  const wanted = { width: 40, height: 24 };
  for (const [width, height] of [
    [1, 1],
    [1, 50],
    [300, 7],
    [23, 41],
  ]) {
    for (const resizeMode of ['stretch', 'crop', 'fill'] as const) {
      const image = picture(width, height);
      const mask = { image: flat(height, width, 0) };
      const [drawn] = await draw({ ...wanted, images: [image], resizeMode, mask, steps: 1 });
      assert.deepEqual(drawn.image, fitImage(image, resizeMode, 40, 24), `${resizeMode} ${width}x${height}`);
    }
  }
  const [alone] = await draw({ images: [picture(1, 1)], steps: 1 });
  assert.equal(sizeOf(alone.image), '8x8');
  const [odd] = await draw({ images: [picture(23, 41)], resizeMode: 'latent', ...wanted, steps: 1 });
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

test('the infotext has what a mask adds, in the order of A1111', async () => {
  const mask: MaskRequest = {
    image: maskOf(32, 24, (x) => x < 16),
    invert: true,
    blur: 3,
    area: 'masked',
    padding: 5,
    content: 'latent nothing',
  };
  const request = { mask, strength: 0.6, width: 32, height: 32, prompt: '(a)', emphasis: 'No norm' } as const;
  const [{ infotext }] = await draw(request, { version: 'v' });
  assert.equal(
    infotext,
    '(a)\nSteps: 4, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 5, Size: 32x32, ' +
      'Model: tiny, Denoising strength: 0.6, RNG: NV, Mask mode: Inpaint not masked, Mask blur: 3, ' +
      'Inpaint area: Only masked, Masked area padding: 5, Masked content: latent nothing, Emphasis: No norm, Version: v',
  );
});

function rightHalf({ width, data }: RgbImage): number[] {
  return [...data].filter((_, i) => Math.floor(i / 3) % width >= width / 2);
}

test('a model that draws small encodes small, enlarges, and still leaves alone what is not masked', async () => {
  const path = writeTinyCheckpoint(join(folder, 'native.safetensors'));
  const native = { width: 32, height: 32, min: 24, max: 48, otherSizes: 'upscale' };
  writeFileSync(join(folder, 'native.json'), JSON.stringify({ native }));
  await using by = await loadModel(path, { threads: 1 });
  const image = picture(96, 96);
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
    { images: [still, picture(8, 8)], batchSize: 2, mask: { ...mask, area: 'masked' } },
    invalid(/one size/),
  );
  await refused({ sampler: 'Eulr' }, { code: 'sampler.unknown' });
  const tiny = { images: [picture(7, 9)], resizeMode: 'latent', width: 32, height: 32 };
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

test('a mask of another size is brought to the picture, or to the size asked for', async () => {
  const small = maskOf(8, 6, (x) => x < 4);
  const large = maskOf(32, 24, (x) => x < 16);
  for (const area of ['whole', 'masked'] as const) {
    const of = (image: RgbImage): MaskRequest => ({ image: fitImage(image, 'stretch', 32, 24), area });
    const [one] = await draw({ mask: { image: small, area }, width: 32, height: 24 });
    const [same] = await draw({ mask: of(small), width: 32, height: 24 });
    const [other] = await draw({ mask: of(large), width: 32, height: 24 });
    if (area === 'masked') assert.deepEqual(one.image, same.image);
    assert.notDeepEqual(one.image, other.image);
    assert.equal(sizeOf(one.image), '32x24');
  }
});

test('a mask returns itself and what was drawn under it, only where that was asked for', async () => {
  const image = maskOf(32, 24, (x) => x < 12);
  const returns = ['mask', 'composite'] as const;
  const usual = { image, blur: 2 };
  const [plain] = await draw({ mask: usual });
  assert.deepEqual([plain.mask, plain.composite], [undefined, undefined]);
  const [whole] = await draw({ mask: { ...usual, returns } });
  const { mask, composite } = whole;
  assert.ok(mask && composite);
  assert.deepEqual([sizeOf(mask), sizeOf(composite)], ['32x24', '32x24']);
  const greys = new Set(mask.data);
  assert.ok(greys.has(0) && greys.has(255) && greys.size > 3);
  // What was drawn is laid over the original as far as the mask says: the finished picture is both together.
  for (let i = 0; i < 32 * 24; i++) {
    const opacity: number = composite.data[4 * i + 3];
    assert.equal(opacity, mask.data[3 * i]);
    for (let c = 0; c < 3; c++) {
      const both = (composite.data[4 * i + c] * opacity + still.data[3 * i + c] * (255 - opacity)) / 255;
      assert.ok(
        Math.abs(whole.image.data[3 * i + c] - both) < 4,
        `${i}: ${whole.image.data[3 * i + c]}, ${both}`,
      );
    }
  }
  const [only] = await draw({ mask: { ...usual, returns: ['mask'], area: 'masked' }, width: 64, height: 64 });
  assert.equal(only.composite, undefined);
  // There half of the border does not count double.
  assert.ok(
    only.mask && only.mask.data.every((value, i) => Math.abs(2 * value - mask.data[i]) < 2 || value > 127),
  );
  assert.equal(sizeOf(only.mask), '32x24');
});

test('of an area that is left alone the composite is as large as that, of a soft mask it is as soft as what came', async () => {
  const image = maskOf(32, 24, (x) => x < 12);
  const returns = ['mask', 'composite'] as const;
  const area = { image, returns, area: 'masked', overlay: false } as const;
  const [alone] = await draw({ mask: area, width: 64, height: 64 });
  assert.ok(alone.mask && alone.composite);
  assert.deepEqual([sizeOf(alone.mask), sizeOf(alone.composite)], ['32x24', '64x64']);
  const usual = { image, returns, blur: 4 };
  const [hard] = await draw({ mask: usual });
  const [soft] = await draw({ mask: { ...usual, soft: {} } });
  const [softer] = await draw({ mask: { ...usual, soft: { differenceThreshold: 8 } } });
  assert.notDeepEqual(soft.mask, hard.mask);
  assert.notDeepEqual(softer.mask, soft.mask);
  const returned = ['mask', 'picture'] as unknown as MaskRequest['returns'];
  await assert.rejects(draw({ mask: { image, returns: returned } }), { code: 'request.invalid' });
});

test('a mask that is not rounded draws its border by halves', async () => {
  const mask: MaskRequest = { image: maskOf(32, 24, (x) => x < 12), blur: 3 };
  const [rounded] = await draw({ mask });
  const [soft] = await draw({ mask: { ...mask, round: false } });
  assert.notDeepEqual(soft.image, rounded.image);
});
