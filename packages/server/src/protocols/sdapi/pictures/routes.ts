/** Calls that take a picture and make none from words. */
import { sdapi } from '@bottega/contract';
import { parseInfotext, readInfotext, readPngText } from '@bottega/diffusion';
import { type Context, Hono } from 'hono';
import { clientOf } from '../client.ts';
import { refusal } from '../refusal.ts';
import { picturesLimit, readBody } from '../request.ts';
import type { Options } from '../options/options.ts';
import type { SdapiServices } from '../services.ts';
import type { Tasks } from '../tasks.ts';
import { decodePicture } from './decode.ts';
import { enlarge, type Extras, interrupted } from './extras.ts';

export function pictureRoutes(services: SdapiServices, settings: Options, tasks: Tasks): Hono {
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
      const { images, html } = await enlarged(c, options, [image]);
      if (images.length === 0) throw interrupted();
      return c.json({ html_info: html, image: images[0] });
    })
    .post('/sdapi/v1/extra-batch-images', async (c) => {
      const { imageList, ...options } = await readBody(c, sdapi.extraBatchRequestSchema, picturesLimit);
      const pictures = imageList.map(({ data }) => data);
      const { images, html } = await enlarged(c, options, pictures);
      return c.json({ html_info: html, images });
    });

  async function enlarged(c: Context, options: sdapi.ExtrasOptions, pictures: string[]): Promise<Extras> {
    if (pictures.length === 0) return { images: [], html: '<p></p>' };
    const task = tasks.begin(null, 'extras', clientOf(c));
    try {
      const wishes = { options, settings: await settings.all() };
      return await enlarge(services, task, wishes, pictures, c.req.raw.signal);
    } finally {
      tasks.end(task);
    }
  }
}

/** A PNG's texts but for the parameters. */
function otherTexts(file: Uint8Array): Readonly<Record<string, string>> {
  return Object.fromEntries([...readPngText(file).texts].filter(([key]) => key !== 'parameters'));
}
