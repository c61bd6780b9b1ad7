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
import { readStyles, withStyles } from '../../../styles/styles.ts';
import type { Tasks } from '../tasks.ts';
import { withFirstPassSize } from './hires.ts';
import { imageToImage, textToImage } from './text-to-image.ts';
import { withInfotext } from './with-infotext.ts';

export function generateRoutes(
  services: SdapiServices,
  { stylesFile }: SdapiSetup,
  options: Options,
  tasks: Tasks,
): Hono {
  const styled = async (prompt: string, negativePrompt: string, styles: readonly string[] | null) =>
    withStyles({ prompt, negativePrompt }, styles ?? [], await readStyles(stylesFile));
  return new Hono()
    .post('/sdapi/v1/txt2img', async (c) => {
      const request = await readBody(c, withInfotext(sdapi.txt2imgRequestSchema), picturesLimit);
      checkScripts(request, 'txt2img');
      checkControls(request, 'txt2img');
      const { prompt, negative_prompt: negativePrompt, styles } = request;
      const { hr_prompt: hiresPrompt, hr_negative_prompt: hiresNegative } = request;
      const words = await styled(prompt, negativePrompt, styles);
      const again = await styled(hiresPrompt || prompt, hiresNegative || negativePrompt, styles);
      const hiresWords = {
        ...(hiresPrompt !== '' && { prompt: again.prompt }),
        ...(hiresNegative !== '' && { negativePrompt: again.negativePrompt }),
      };
      const asked = { request: withFirstPassSize(request), words, hiresWords };
      const task = tasks.begin(request.force_task_id, 'txt2img', clientOf(c));
      try {
        return c.json(await textToImage(services, options, task, asked, c.req.raw.signal));
      } finally {
        tasks.end(task);
      }
    })
    .post('/sdapi/v1/img2img', async (c) => {
      const request = await readBody(c, withInfotext(sdapi.img2imgRequestSchema), picturesLimit);
      checkScripts(request, 'img2img');
      checkControls(request, 'img2img');
      const words = await styled(request.prompt, request.negative_prompt, request.styles);
      const task = tasks.begin(request.force_task_id, 'img2img', clientOf(c));
      try {
        return c.json(await imageToImage(services, options, task, { request, words }, c.req.raw.signal));
      } finally {
        tasks.end(task);
      }
    });
}
