/** Calls that take a picture and make none from words. */
import { sdapi } from '@bottega/contract';
import { parseInfotext, readInfotext, readPngText } from '@bottega/diffusion';
import { Hono } from 'hono';
import { refusal } from '../refusal.ts';
import { picturesLimit, readBody } from '../request.ts';
import { decodePicture } from './decode.ts';
import { describeUpscaling, upscalePicture } from './upscale.ts';

export function pictureRoutes(): Hono {
  return new Hono()
    .post('/sdapi/v1/png-info', async (c) => {
      const { image } = await readBody(c, sdapi.pngInfoRequestSchema, picturesLimit);
      const file = await decodePicture(image);
      const info = readInfotext(file) ?? '';
      return c.json({
        info,
        items: otherTexts(file),
        parameters: Object.fromEntries(parseInfotext(info)),
      });
    })
    .post('/sdapi/v1/interrogate', async (c) => {
      const { image } = await readBody(c, sdapi.interrogateRequestSchema, picturesLimit);
      await decodePicture(image);
      throw refusal(404, 'Model not found');
    })
    .post('/sdapi/v1/extra-single-image', async (c) => {
      const { image, ...options } = await readBody(c, sdapi.extraSingleRequestSchema, picturesLimit);
      const upscaled = await upscalePicture(await decodePicture(image), options);
      return c.json({ image: upscaled.toString('base64'), html_info: describeUpscaling(options) });
    })
    .post('/sdapi/v1/extra-batch-images', async (c) => {
      const { imageList, ...options } = await readBody(c, sdapi.extraBatchRequestSchema, picturesLimit);
      const images: string[] = [];
      for (const { data } of imageList) {
        images.push((await upscalePicture(await decodePicture(data), options)).toString('base64'));
      }
      return c.json({ images, html_info: describeUpscaling(options) });
    });
}

/** A PNG's texts but for the parameters. */
function otherTexts(file: Uint8Array): Readonly<Record<string, string>> {
  return Object.fromEntries([...readPngText(file).texts].filter(([key]) => key !== 'parameters'));
}
