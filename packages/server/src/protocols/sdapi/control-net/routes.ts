/** `/controlnet/*`: what the ControlNet extension adds to A1111's API. */
import { sdapi } from '@bottega/contract';
import { findPreprocessor, makeControlMap } from '@bottega/diffusion';
import { Hono } from 'hono';
import { onBackground } from '../../../media/flatten.ts';
import { readPicture } from '../../../media/read-picture.ts';
import type { Options } from '../options/options.ts';
import { decodePicture } from '../pictures/decode.ts';
import { nameUnreadable } from '../pictures/keep-picture.ts';
import { refusal } from '../refusal.ts';
import { picturesLimit, readBody, readQuery } from '../request.ts';
import type { SdapiServices } from '../services.ts';
import { controlTypes, moduleList } from './lists.ts';

/** Of the extension's API, which is at 3 since units may have several pictures. */
const version = 3;
/** The extension's usual number, where the settings say none. */
const usualUnits = 3;

export function controlNetRoutes({ controlNets }: SdapiServices, options: Options): Hono {
  const titles = async (): Promise<string[]> => (await controlNets.list()).map(({ title }) => title);
  return new Hono()
    .get('/controlnet/version', (c) => c.json({ version }))
    .get('/controlnet/model_list', async (c) => c.json({ model_list: await titles() }))
    .get('/controlnet/module_list', (c) =>
      c.json(moduleList(readQuery(c, sdapi.moduleListQuerySchema).alias_names)),
    )
    .get('/controlnet/control_types', async (c) => c.json(controlTypes(await titles())))
    .get('/controlnet/settings', async (c) => {
      const { control_net_unit_count: count } = await options.all();
      return c.json({ control_net_unit_count: Number.isInteger(count) ? count : usualUnits });
    })
    .post('/controlnet/detect', async (c) =>
      c.json(await detect(await readBody(c, sdapi.detectRequestSchema, picturesLimit))),
    );
}

/**
 * Masks are for preprocessors that fill what they cover, of which there are none here: as in the extension, they
 * count nothing.
 * @throws SdapiRefusal 422 in the extension's words, 500 for what is no picture.
 */
async function detect(request: sdapi.DetectRequest): Promise<sdapi.DetectResponse> {
  const { controlnet_input_images: pictures } = request;
  const preprocessor = moduleOf(request.controlnet_module);
  if (pictures.length === 0) throw refusal(422, 'No image selected');
  const images: string[] = [];
  for (const [i, picture] of pictures.entries()) {
    const pixels = readPicture(await decodePicture(picture));
    const image = onBackground(await nameUnreadable(`controlnet_input_images.${i}`, pixels));
    const map = await makeControlMap({
      image,
      preprocessor,
      resolution: request.controlnet_processor_res,
      thresholdA: request.controlnet_threshold_a,
      thresholdB: request.controlnet_threshold_b,
    });
    images.push(Buffer.from(map).toString('base64'));
  }
  return { info: 'Success', images };
}

function moduleOf(name: string): string {
  try {
    return findPreprocessor(name).name;
  } catch (cause) {
    throw refusal(422, 'Module not available', { cause });
  }
}
