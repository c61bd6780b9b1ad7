/** Pictures drawn from a picture against A1111's, with tiny checkpoints; `facts/e2e.json` says which and how. */
import {
  assertNearPixels,
  assertWithin,
  closeCases,
  collect,
  e2eCases,
  e2eTensor,
  e2eTensors,
  openCase,
  requestOf,
} from '@bottega/testing';
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { RgbImage } from '../api.ts';
import { rowOf, stackRows } from '../denoiser/rows.ts';
import { imageToImage } from './image-to-image.ts';
import { partsOf } from './load-model.ts';
import { encodePicture } from './picture/encode-picture.ts';

after(closeCases);

/** A fact's bytes as a picture; grey ones have equal colours. */
function pictureOf(name: string): RgbImage {
  const { shape, data } = e2eTensor(name);
  const colours = shape.length === 2 ? [...data].flatMap((grey) => [grey, grey, grey]) : data;
  return { width: shape[1], height: shape[0], data: Uint8Array.from(colours) };
}

for (const c of e2eCases()) {
  if (c.init_image === undefined) continue;
  const image = pictureOf(c.init_image);
  const mask = c.mask === undefined ? undefined : pictureOf(c.mask);

  test(`${c.name} has the latents and the picture of A1111`, async (t) => {
    const model = await openCase(c);
    const decode = t.mock.method(partsOf(model), 'decode');
    const network = t.mock.method(partsOf(model).networks, 'network');
    const request = { ...requestOf(c), images: [image], strength: c.denoise, imageCfgScale: c.image_cfg };
    const events = await collect(imageToImage(model, { ...request, mask: mask && { image: mask, blur: 0 } }));
    assert.equal(network.mock.callCount(), c.model_calls);
    const latents = decode.mock.calls.map(({ arguments: [given] }) => rowOf(given, 0));
    assertWithin(stackRows(latents), e2eTensor(`${c.name}/latent`), 2e-3);

    const drawn = events.find((event) => event.type === 'picture');
    const pixels = e2eTensors().get(`${c.name}/pixels`)?.data;
    assert.ok(drawn);
    // Where the mask is black the facts have the decoder's pixels, and we the original's.
    const isDrawn = (_: number, i: number): boolean => mask === undefined || mask.data[i] > 0;
    if (pixels) assertNearPixels(drawn.image.data.filter(isDrawn), pixels.filter(isDrawn));
    const kept = (_: number, i: number): boolean => !isDrawn(0, i);
    assert.deepEqual(drawn.image.data.filter(kept), image.data.filter(kept));
  });

  test(`${c.name} starts from the latents of A1111`, async () => {
    const { networks } = partsOf(await openCase(c));
    const latents = await encodePicture(image, networks.encoder, networks.family.latentScale);
    assertWithin(stackRows([latents]), e2eTensor(`${c.name}/init_latent`), 1e-4);
  });
}
