/** `latent_mask`, with the real engine on a tiny model. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { base64Png, callApi, type CallApi, paint, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer({ engine: 'real' });
  call = callApi(server.url);
});
after(() => server.stop());

const picture = (side: number, colourAt: Parameters<typeof paint>[2]): string =>
  base64Png(paint(side, side, colourAt));

const from = picture(64, (x, y) => [x * 3, 90 + y, 200]);
const mask = picture(64, (x) => (x < 32 ? [255, 255, 255] : [0, 0, 0]));
const white = picture(64, () => [255, 255, 255]);

async function draw(request: object): Promise<Buffer> {
  const { status, body } = await call('/sdapi/v1/img2img', {
    prompt: 'a pear',
    steps: 3,
    width: 64,
    height: 64,
    seed: 5,
    init_images: [from],
    mask_blur: 0,
    inpaint_full_res: false,
    override_settings: { overlay_inpaint: false },
    ...request,
  });
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const [image] = sdapi.generationResponseSchema.parse(body).images;
  return sharp(Buffer.from(image, 'base64')).raw().toBuffer();
}

test('one like the mask changes nothing, whatever the masked part starts from', async () => {
  for (const inpainting_fill of [0, 1, 3]) {
    const usual = await draw({ mask, inpainting_fill });
    assert.ok(usual.equals(await draw({ mask, latent_mask: mask, inpainting_fill })), `${inpainting_fill}`);
  }
});

test('a white one has all drawn anew, and is neither exchanged nor blurred with the mask', async () => {
  const all = await draw({});
  const fully = { mask, latent_mask: white, inpainting_fill: 1 };
  assert.ok(all.equals(await draw(fully)));
  assert.ok(all.equals(await draw({ ...fully, inpainting_mask_invert: 1, mask_blur: 4 })));
  assert.ok(!all.equals(await draw({ mask, inpainting_fill: 1 })));
});

test('its red counts for the latents', async () => {
  const [red, green] = [picture(64, () => [255, 0, 0]), picture(64, () => [0, 255, 0])];
  const all = await draw({ mask, latent_mask: red, inpainting_fill: 1 });
  assert.ok(all.equals(await draw({})));
  assert.ok(!all.equals(await draw({ mask, latent_mask: green, inpainting_fill: 1 })));
});

test('without a mask it has no effect', async () => {
  assert.ok((await draw({ latent_mask: mask })).equals(await draw({})));
});

test('to be filled it must be as large as what is drawn, otherwise any size will do', async () => {
  const small = picture(16, () => [255, 255, 255]);
  assert.ok((await draw({ mask, latent_mask: small, inpainting_fill: 1 })).equals(await draw({})));
  const request = { prompt: '', width: 64, height: 64, init_images: [from], mask, latent_mask: small };
  const { status, body } = await call('/sdapi/v1/img2img', { ...request, inpainting_fill: 0 });
  assert.ok(status >= 400);
  assert.match(JSON.stringify(body), /mask\.latents: must be 64x64/);
});
