/** Whole pictures against A1111's, drawn with tiny checkpoints; `facts/e2e.json` says which and how. */
import {
  assertNearPixels,
  assertWithin,
  closeCases,
  collect,
  e2eCases,
  e2eTensor,
  e2eTensors,
  lookupOf,
  openCase,
  requestOf,
} from '@bottega/testing';
import { after, test } from 'node:test';
import { rowOf, stackRows } from '../denoiser/rows.ts';
import { toImages } from '../image/pixels.ts';
import { partsOf } from './load-model.ts';
import { textToImage } from './text-to-image.ts';

after(closeCases);

for (const c of e2eCases().filter((one) => one.init_image === undefined)) {
  test(`${c.name} has the latents and the picture of A1111`, async (t) => {
    const model = await openCase(c);
    const parts = partsOf(model);
    const tiled = parts.tiled();
    t.mock.method(parts, 'tiled', () => tiled);
    const decode = t.mock.method(c.tiling ? tiled : parts, 'decode');
    const drawing = textToImage(model, requestOf(c), { adapters: lookupOf(c) });
    const drawn = (await collect(drawing)).filter((event) => event.type === 'picture');
    const latents = decode.mock.calls.map(({ arguments: [given] }) => rowOf(given, 0));
    assertWithin(stackRows(latents), e2eTensor(`${c.name}/latent`), 2e-3);
    const expected = e2eTensors().get(`${c.name}/pixels`)?.data ?? (await decoded(`${c.name}/latent`));
    assertNearPixels(
      drawn.flatMap(({ image }) => [...image.data]),
      expected,
    );

    async function decoded(name: string): Promise<readonly number[]> {
      const images = toImages(await parts.decode(e2eTensor(name)), c.steps);
      return images.flatMap(({ data }) => [...data]);
    }
  });
}
