/** txt2img and img2img. */
import { sdapi } from '@bottega/contract';
import { Hono } from 'hono';
import { clientOf } from '../client.ts';
import { checkControls } from '../control-net/controls.ts';
import type { Options } from '../options/options.ts';
import { picturesLimit, readBody } from '../request.ts';
import { checkScripts } from '../scripts/asked-script.ts';
import type { SdapiServices } from '../services.ts';
import type { SdapiSetup } from '../setup.ts';
import { readStyles, withStyles, type Words } from '../../../styles/styles.ts';
import type { Tasks } from '../tasks.ts';
import { imageToImage, textToImage } from './text-to-image.ts';
import { refuseUnsupported } from './unsupported.ts';
import { withInfotext } from './with-infotext.ts';

export function generateRoutes(
  services: SdapiServices,
  { stylesFile }: SdapiSetup,
  options: Options,
  tasks: Tasks,
): Hono {
  const wordsOf = async (request: sdapi.Txt2ImgRequest | sdapi.Img2ImgRequest): Promise<Words> => {
    const said = { prompt: request.prompt, negativePrompt: request.negative_prompt };
    return withStyles(said, request.styles ?? [], await readStyles(stylesFile));
  };
  return new Hono()
    .post('/sdapi/v1/txt2img', async (c) => {
      const request = await readBody(c, withInfotext(sdapi.txt2imgRequestSchema), picturesLimit);
      checkScripts(request, 'txt2img');
      checkControls(request, 'txt2img');
      refuseUnsupported(request);
      const words = await wordsOf(request);
      const task = tasks.begin(request.force_task_id, 'txt2img', clientOf(c));
      try {
        return c.json(await textToImage(services, options, task, { request, words }, c.req.raw.signal));
      } finally {
        tasks.end(task);
      }
    })
    .post('/sdapi/v1/img2img', async (c) => {
      const request = await readBody(c, withInfotext(sdapi.img2imgRequestSchema), picturesLimit);
      checkScripts(request, 'img2img');
      checkControls(request, 'img2img');
      refuseUnsupported(request);
      const words = await wordsOf(request);
      const task = tasks.begin(request.force_task_id, 'img2img', clientOf(c));
      try {
        return c.json(await imageToImage(services, options, task, { request, words }, c.req.raw.signal));
      } finally {
        tasks.end(task);
      }
    });
}
