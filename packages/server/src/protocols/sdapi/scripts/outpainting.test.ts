/** The two outpainting scripts over HTTP, with the real engine on a tiny model. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { readInfotext } from '@bottega/diffusion';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer({ engine: 'real' });
  call = callApi(server.url);
});
after(() => server.stop());

const [width, height] = [96, 48];
const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
  const [x, y] = [Math.trunc(i / 3) % width, Math.trunc(i / 3 / width)];
  return [2 * x, 4 * y, 60 + ((x * y) % 90)][i % 3];
});
const png = await sharp(pixels, { raw: { width, height, channels: 3 } })
  .png()
  .toBuffer();
const usual = {
  prompt: 'a town',
  steps: 2,
  width: 64,
  height: 64,
  seed: 5,
  denoising_strength: 0.8,
  init_images: [png.toString('base64')],
};

async function draw(request: object) {
  const { status, body } = await call('/sdapi/v1/img2img', { ...usual, ...request });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 500));
  const { images, info } = sdapi.generationResponseSchema.parse(body);
  const told = sdapi.generationInfoSchema.parse(JSON.parse(info));
  const pictures = await Promise.all(
    images.map(async (image) => {
      const file = Buffer.from(image, 'base64');
      const raw = await sharp(file).raw().toBuffer({ resolveWithObject: true });
      return { size: `${raw.info.width}x${raw.info.height}`, wide: raw.info.width, data: raw.data, file };
    }),
  );
  return { told, pictures };
}

type Drawn = Awaited<ReturnType<typeof draw>>['pictures'][number];
const at = ({ data, wide }: Pick<Drawn, 'data' | 'wide'>, x: number, y: number) => [
  ...data.subarray(3 * (y * wide + x), 3 * (y * wide + x) + 3),
];
const ofStart = (x: number, y: number) => at({ data: Buffer.from(pixels), wide: width }, x, y);

/** Different colours in a part of a picture. */
function coloursIn(picture: Drawn, left: number, top: number, right: number, bottom: number): number {
  const colours = new Set<string>();
  for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) colours.add(at(picture, x, y).join());
  return colours.size;
}

const mk2 = (directions: unknown, blur = 2): object => ({
  script_name: 'Outpainting mk2',
  script_args: ['', 16, blur, directions, 1, 0.05],
});

test('outpainting mk2 draws on at each side, and keeps what is far from the border', async () => {
  const { pictures, told } = await draw(mk2(['left', 'right', 'down']));
  assert.equal(pictures.length, 1);
  const [picture] = pictures;
  assert.equal(picture.size, '128x64');
  for (const [x, y] of [
    [48, 20],
    [40, 2],
    [60, 22],
  ]) {
    assert.deepEqual(at(picture, 16 + x, y), ofStart(x, y));
  }
  for (const [left, top, right, bottom] of [
    [0, 0, 14, 46],
    [114, 0, 128, 46],
    [0, 50, 128, 64],
  ]) {
    const area = (right - left) * (bottom - top);
    assert.ok(coloursIn(picture, left, top, right, bottom) > area / 4, `${[left, top]}`);
  }
  assert.match(told.infotexts[0], /^a town\nSteps: 2, .*Seed: 5, Size: 64x64, .*Mask blur: 8/);
  assert.equal(readInfotext(picture.file), told.infotexts[0]);
  assert.deepEqual([told.all_seeds, told.index_of_first_image], [[5], 0]);
  const again = await draw(mk2(['right', 'left', 'down']));
  assert.ok(again.pictures[0].data.equals(picture.data));
});

test('outpainting mk2 draws all pictures of a batch, a grid of them first, each with the next seed', async () => {
  const { pictures, told } = await draw({ ...mk2('up', 0), batch_size: 2 });
  assert.deepEqual(
    pictures.map(({ size }) => size),
    ['192x64', '96x64', '96x64'],
  );
  assert.deepEqual(told.all_seeds, [5, 6]);
  assert.match(told.infotexts[2], /Seed: 6/);
  assert.ok(!pictures[1].data.equals(pictures[2].data));
  const alone = await draw({ ...mk2('up', 0), seed: 6 });
  assert.ok(alone.pictures[0].data.equals(pictures[2].data));
  const plain = await draw({ ...mk2('up', 0), n_iter: 2, override_settings: { return_grid: false } });
  assert.equal(plain.pictures.length, 2);
});

const poorMans = (content: unknown, directions: unknown): object => ({
  script_name: "Poor man's outpainting",
  script_args: [16, 2, content, directions],
});

test("poor man's outpainting answers with one picture, whose middle is the old one", async () => {
  const request = { ...poorMans(0, ['left', 'up']), batch_size: 2, n_iter: 2 };
  const { pictures, told } = await draw(request);
  assert.deepEqual(
    pictures.map(({ size }) => size),
    ['128x64'],
  );
  const [picture] = pictures;
  assert.deepEqual(at(picture, 127, 63), ofStart(95, 47));
  assert.deepEqual(at(picture, 90, 50), ofStart(58, 34));
  assert.ok(coloursIn(picture, 0, 0, 30, 64) > 450);
  assert.match(told.infotexts[0], /Seed: 5, Size: 64x64, .*Mask blur: 4, .*Masked content: fill/);
  const noise = await draw(poorMans('latent noise', 'left,up'));
  assert.ok(!noise.pictures[0].data.equals(picture.data));
  assert.match(noise.told.infotexts[0], /Masked content: latent noise/);
});

test('nothing of the tiles is left, and what was drawn is one job in a recipe too', async () => {
  const { id: image } = await server.client.sendPicture(png);
  const { id } = await server.client.createGeneration({
    prompt: 'a village',
    steps: 1,
    width: 64,
    height: 64,
    seed: 7,
    start: { images: [image], strength: 0.9 },
    script: { name: 'outpainting mk2', pixels: 16, directions: ['left', 'right'] },
  });
  const done = await server.services.studio.finished(id);
  assert.equal(done.state, 'done', JSON.stringify(done.error));
  assert.deepEqual(
    done.pictures.map(({ width: wide, height: high, isSheet, seed }) => [wide, high, isSheet, seed]),
    [[128, 48, undefined, 7]],
  );
});

for (const [what, request, pattern] of [
  ['too few arguments', { script_name: 'outpainting mk2', script_args: ['', 16] }, /takes 6 arguments/],
  ['a side that is none', mk2(['left', 'north']), /"script_args",3.*permitted: left, right, up, down/],
  ['no side', mk2([]), /"script_args",3/],
  ['sides that are no list', mk2(7), /"script_args",3.*not a valid list/],
  ['a border beyond the limits', mk2(['left'], 65), /"script_args",2.*less than or equal to 64/],
  [
    'another number',
    { script_name: 'outpainting mk2', script_args: ['', 'wide', 2, ['left'], 1, 0] },
    /"script_args",1.*valid float/,
  ],
  ['content that is none', poorMans(4, ['left']), /"script_args",2.*permitted: fill/],
  ['content without a place', poorMans('', ['left']), /"script_args",2.*permitted: fill/],
  [
    'more than a drawing shows',
    { script_name: 'outpainting mk2', script_args: ['', 80, 0, ['left'], 1, 0] },
    /"pixels".*take fewer pixels or a larger width/,
  ],
] as const) {
  test(`${what}: 422`, async () => {
    const { status, body } = await call('/sdapi/v1/img2img', { ...usual, ...request });
    assert.equal(status, 422, JSON.stringify(body).slice(0, 300));
    assert.match(JSON.stringify(body), pattern);
  });
}

test('they are scripts of img2img alone', async () => {
  const { txt2img, img2img } = sdapi.scriptListSchema.parse((await call('/sdapi/v1/scripts')).body);
  for (const name of ['outpainting mk2', "poor man's outpainting"]) {
    assert.ok(img2img.includes(name) && !txt2img.includes(name));
    const { status } = await call('/sdapi/v1/txt2img', { prompt: 'x', script_name: name });
    assert.equal(status, 422);
  }
});
