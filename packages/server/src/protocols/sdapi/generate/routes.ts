/** txt2img and img2img. */
import { sdapi } from '@bottega/contract';
import { Hono } from 'hono';
import { clientOf } from '../client.ts';
import type { Options } from '../options/options.ts';
import { decodePicture } from '../pictures/decode.ts';
import { notYet, refusal } from '../refusal.ts';
import { picturesLimit, readBody, wordsLimit } from '../request.ts';
import type { SdapiServices } from '../services.ts';
import type { SdapiSetup } from '../setup.ts';
import { readStyles, withStyles } from '../../../styles/styles.ts';
import type { Tasks } from '../tasks.ts';
import { textToImage } from './text-to-image.ts';
import { refuseUnsupported } from './unsupported.ts';
import { withInfotext } from './with-infotext.ts';

export function generateRoutes(
  services: SdapiServices,
  { stylesFile }: SdapiSetup,
  options: Options,
  tasks: Tasks,
): Hono {
  return new Hono()
    .post('/sdapi/v1/txt2img', async (c) => {
      const request = await readBody(c, withInfotext(sdapi.txt2imgRequestSchema), wordsLimit);
      refuseUnsupported(request);
      const said = { prompt: request.prompt, negativePrompt: request.negative_prompt };
      const words = withStyles(said, request.styles ?? [], await readStyles(stylesFile));
      const task = tasks.begin(request.force_task_id, 'txt2img', clientOf(c));
      try {
        return c.json(await textToImage(services, options, task, { request, words }, c.req.raw.signal));
      } finally {
        tasks.end(task);
      }
    })
    .post('/sdapi/v1/img2img', async (c) => {
      const request = await readBody(c, withInfotext(sdapi.img2imgRequestSchema), picturesLimit);
      if (request.init_images === null) throw refusal(404, 'Init image not found');
      for (const picture of request.init_images) await decodePicture(picture);
      if (request.mask !== null) await decodePicture(request.mask);
      refuseUnsupported(request);
      throw notYet('Drawing from a picture (img2img)');
    });
}
