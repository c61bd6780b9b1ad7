/** Whole generations with tiny random ControlNets. */
import { collect, writeTinyCheckpoint, writeTinyControlNet } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { GenerationEvent, ImageToImageRequest, RgbImage, TextToImageRequest } from '../../api.ts';
import { parseInfotext } from '../../infotext/parse.ts';
import { imageToImage } from '../image-to-image.ts';
import { loadModel } from '../load-model.ts';
import { textToImage } from '../text-to-image.ts';
import type { ControlRequest } from './control-request.ts';
import { loadControlNet } from './load-control-net.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-control-'));
after(() => rmSync(folder, { recursive: true }));
const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
const net = await loadControlNet(writeTinyControlNet(join(folder, 'tiny_canny.safetensors')), { threads: 1 });
after(async () => {
  await model.dispose();
  await net.dispose();
});

/** Rings of colour. */
const image: RgbImage = {
  width: 40,
  height: 24,
  data: Uint8Array.from({ length: 40 * 24 * 3 }, (_, i) => (Math.floor(i / 90) % 2) * 200 + (i % 3) * 20),
};
const small: TextToImageRequest = { prompt: 'a cat', width: 32, height: 24, steps: 4, seed: 5 };

type Picture = Extract<GenerationEvent, { type: 'picture' }>;
async function draw(controls: readonly ControlRequest[], changes: object = {}): Promise<Picture> {
  const events = await collect(textToImage(model, { ...small, ...changes, controls }));
  const picture = events.find((event) => event.type === 'picture');
  assert.ok(picture);
  return picture;
}

test('a ControlNet changes the picture, again in the same way; without weight it does not', async () => {
  const plain = await draw([]);
  const followed = await draw([{ model: net, image }]);
  assert.notDeepEqual(followed.image, plain.image);
  assert.deepEqual((await draw([{ model: net, image }])).image, followed.image);
  assert.deepEqual((await draw([{ model: net, image, weight: 0 }])).image, plain.image);
});

test('every setting makes a difference', async () => {
  const seen = new Set<string>();
  const settings: readonly Partial<ControlRequest>[] = [
    {},
    { weight: 0.5 },
    { start: 0.5 },
    { end: 0.2 },
    { mode: 'prompt' },
    { mode: 'control' },
    { resizeMode: 'fill' },
    { resizeMode: 'stretch' },
    { preprocessor: 'canny', resolution: 64 },
    { preprocessor: 'canny', pixelPerfect: true },
    { preprocessor: 'invert' },
    { preprocessor: 'blur_gaussian', thresholdA: 3 },
  ];
  for (const changes of settings) {
    const { image: drawn } = await draw([{ model: net, image, ...changes }]);
    seen.add(Buffer.from(drawn.data).toString('base64'));
  }
  assert.equal(seen.size, settings.length);
});

test('two that say half each are one that says all', async () => {
  const half = { model: net, image, weight: 0.5 };
  const together = await draw([half, half]);
  const one = await draw([{ ...half, weight: 1 }]);
  const worst = together.image.data.reduce(
    (most, value, i) => Math.max(most, Math.abs(value - one.image.data[i])),
    0,
  );
  assert.ok(worst <= 1, `${worst}`);
});

test('the infotext says what the extension says', async () => {
  const { infotext } = await draw([
    { model: net, image, weight: 0.8, preprocessor: 'canny', thresholdA: 40, end: 0.75, mode: 'control' },
    { model: net, image, preprocessor: 'none' },
  ]);
  const read = parseInfotext(infotext);
  assert.match(net.title, /^tiny_canny \[[0-9a-f]{8}\]$/);
  assert.equal(
    read.get('ControlNet 0'),
    `Module: canny, Model: ${net.title}, Weight: 0.8, Resize Mode: Crop and Resize, Processor Res: 512, ` +
      'Threshold A: 40.0, Threshold B: 200.0, Guidance Start: 0.0, Guidance End: 0.75, Pixel Perfect: False, ' +
      'Control Mode: ControlNet is more important',
  );
  assert.match(String(read.get('ControlNet 1')), /^Module: none, .* Threshold A: 0\.5, Threshold B: 0\.5, /);
});

async function fromPicture(changes: Partial<ImageToImageRequest>): Promise<RgbImage> {
  const request = { ...small, images: [image], strength: 0.9, ...changes };
  const events = await collect(imageToImage(model, request));
  const picture = events.find((event) => event.type === 'picture');
  assert.ok(picture);
  return picture.image;
}

test('from a picture, a control without one follows that picture', async () => {
  const own = await fromPicture({ controls: [{ model: net }], resizeMode: 'fill' });
  const given = await fromPicture({
    controls: [{ model: net, image, resizeMode: 'fill' }],
    resizeMode: 'fill',
  });
  assert.deepEqual(own, given);
  assert.notDeepEqual(own, await fromPicture({ resizeMode: 'fill' }));
});

test('where only a masked area is drawn, a control sees that area', async () => {
  const white = new Uint8Array(40 * 24 * 3).map((_, i) => (Math.floor(i / 3) % 40 < 12 ? 255 : 0));
  const mask = {
    image: { width: 40, height: 24, data: white },
    area: 'masked',
    padding: 0,
    blur: 0,
  } as const;
  // The area is 32 wide: the mask's height in the shape that is drawn.
  const followed = async (from: number): Promise<RgbImage> => {
    const data = image.data.map((value, i) => (Math.floor(i / 3) % 40 < from ? value : 255 - value));
    return fromPicture({
      mask,
      controls: [{ model: net, image: { ...image, data }, resizeMode: 'stretch' }],
    });
  };
  const same = await fromPicture({ mask, controls: [{ model: net }] });
  assert.deepEqual(await followed(32), same);
  assert.notDeepEqual(await followed(12), same);
});

function invalid(message: RegExp): object {
  return { code: 'request.invalid', message };
}

async function refused(controls: unknown, error: object): Promise<void> {
  const events = textToImage(model, { ...small, controls: controls as ControlRequest[] });
  await assert.rejects(events.next(), error, JSON.stringify(controls));
}

test('what cannot be followed is refused before anything is drawn, by field', async () => {
  await refused({}, invalid(/^controls: must be a list/));
  await refused(
    Array.from({ length: 11 }, () => ({ model: net, image })),
    invalid(/at most 10/),
  );
  await refused([{ model: net }], invalid(/^controls\[0\]\.image: must be a picture/));
  await refused([{ model: net, image: { ...image, width: 41 } }], invalid(/^controls\[0\]\.image\.data/));
  await refused([{ model: net, image, weight: 3 }], invalid(/^controls\[0\]\.weight: .* 0 to 2/));
  await refused([{ model: net, image, start: 0.6, end: 0.5 }], invalid(/^controls\[0\]\.start/));
  await refused([{ model: net, image, mode: 'guess' }], invalid(/^controls\[0\]\.mode: .*prompt/));
  await refused([{ model: net, image, preprocessor: 'openpose' }], { code: 'preprocessor.unknown' });
});

test('in two passes it speaks in both, or in one of them', async () => {
  const hires = { scale: 2, upscaler: 'Latent', strength: 0.7 };
  const seen = new Set<string>();
  for (const passes of [undefined, 'first', 'second', 'both'] as const) {
    const { image: drawn } = await draw(passes ? [{ model: net, image, passes }] : [], { hires });
    assert.deepEqual([drawn.width, drawn.height], [64, 48]);
    seen.add(Buffer.from(drawn.data).toString('base64'));
  }
  assert.equal(seen.size, 4);
});

test('what ControlNets say needs memory too', async () => {
  const enough = { width: 512, height: 512, batchSize: 16 };
  const drawing = (controls: readonly ControlRequest[]) =>
    textToImage(model, { ...small, ...enough, controls }, { memoryLimit: 400e6 }).next();
  assert.equal((await drawing([])).value?.type, 'started');
  await assert.rejects(drawing([{ model: net, image }]), { code: 'request.too-large' });
});

test('a ControlNet for another architecture is refused by its name', async () => {
  const path = writeTinyControlNet(join(folder, 'xl.safetensors'), { contextWidth: 2048 });
  await using other = await loadControlNet(path);
  await refused([{ model: other, image }], {
    code: 'control.mismatch',
    message: /xl\.safetensors is a ControlNet for Stable Diffusion XL and does not fit tiny .*2048/,
  });
});
