/** Calls that take a picture and make none from words. */
import { sdapi } from '@bottega/contract';
import { parseInfotext, readInfotext, readPngText } from '@bottega/diffusion';
import { type Context, Hono } from 'hono';
import { clientOf } from '../client.ts';
import { refusal } from '../refusal.ts';
import { picturesLimit, readBody } from '../request.ts';
import type { Options } from '../options/options.ts';
import type { SdapiServices } from '../services.ts';
import type { Task, Tasks } from '../tasks.ts';
import { decodePicture } from './decode.ts';
import { enlarge, enlargeOne, type Wishes } from './extras.ts';

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
      const one = await asTask(c, options, (task, wishes) =>
        enlargeOne(services, task, wishes, image, c.req.raw.signal),
      );
      return c.json({ html_info: one.html, image: one.image });
    })
    .post('/sdapi/v1/extra-batch-images', async (c) => {
      const { imageList, ...options } = await readBody(c, sdapi.extraBatchRequestSchema, picturesLimit);
      const pictures = imageList.map(({ data }) => data);
      if (pictures.length === 0) return c.json({ html_info: '<p></p>', images: [] });
      const { images, html } = await asTask(c, options, (task, wishes) =>
        enlarge(services, task, wishes, pictures, c.req.raw.signal),
      );
      return c.json({ html_info: html, images });
    });

  async function asTask<Answer>(
    c: Context,
    options: sdapi.ExtrasOptions,
    work: (task: Task, wishes: Wishes) => Promise<Answer>,
  ): Promise<Answer> {
    const task = tasks.begin(null, 'extras', clientOf(c));
    try {
      return await work(task, { options, settings: await settings.all() });
    } finally {
      tasks.end(task);
    }
  }
}

/** A PNG's texts but for the parameters. */
function otherTexts(file: Uint8Array): Readonly<Record<string, string>> {
  return Object.fromEntries([...readPngText(file).texts].filter(([key]) => key !== 'parameters'));
}
