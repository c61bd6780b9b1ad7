/** Lists over HTTP, and the calls that make them anew. */
import type { Style } from '@bottega/diffusion';
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Options } from '../options/options.ts';
import type { SdapiServices } from '../services.ts';
import type { SdapiSetup } from '../setup.ts';
import { readStyles } from '../../../styles/styles.ts';
import { listEmbeddings, listHypernetworks, listLoras } from './adapters.ts';
import { latentUpscaleModes, notInstalled } from './fixed.ts';
import { listRealesrgan, listUpscalers } from './upscalers.ts';
import { listModels } from './models.ts';
import { listSamplers, listSchedulers } from './samplers.ts';

export function listRoutes(
  { models, vaes, upscalers, adapters }: Pick<SdapiServices, 'models' | 'vaes' | 'upscalers' | 'adapters'>,
  { stylesFile }: SdapiSetup,
  options: Options,
): Hono {
  const routes = new Hono()
    .get('/sdapi/v1/samplers', (c) => c.json(listSamplers()))
    .get('/sdapi/v1/schedulers', (c) => c.json(listSchedulers()))
    .get('/sdapi/v1/upscalers', async (c) => c.json(listUpscalers(await upscalers.list())))
    .get('/sdapi/v1/realesrgan-models', async (c) => c.json(listRealesrgan(await upscalers.list())))
    .get('/sdapi/v1/latent-upscale-modes', (c) => c.json(latentUpscaleModes))
    .get('/sdapi/v1/prompt-styles', async (c) => c.json((await readStyles(stylesFile)).map(toListed)))
    .get('/sdapi/v1/sd-models', (c) => c.json(listModels(models.list())))
    .get('/sdapi/v1/loras', async (c) => c.json(listLoras(await adapters.loras())))
    .get('/sdapi/v1/hypernetworks', async (c) => c.json(listHypernetworks(await adapters.hypernetworks())))
    .get('/sdapi/v1/embeddings', async (c) =>
      c.json(listEmbeddings(await adapters.embeddings(), options.model(await options.all()))),
    );
  routes.get('/sdapi/v1/sd-vae', async (c) =>
    c.json((await vaes.list()).map(({ fileName }) => ({ model_name: fileName, filename: fileName }))),
  );
  for (const [path, answer] of Object.entries(notInstalled)) {
    routes.get(`/sdapi/v1/${path}`, (c) => c.json(answer));
  }
  const refresh = async (c: Context): Promise<Response> => {
    await models.refresh();
    return c.json(null);
  };
  for (const what of ['checkpoints', 'vae', 'embeddings', 'loras']) {
    routes.post(`/sdapi/v1/refresh-${what}`, refresh);
  }
  return routes;
}

function toListed({ name, prompt, negativePrompt }: Style) {
  return { name, prompt, negative_prompt: negativePrompt };
}
