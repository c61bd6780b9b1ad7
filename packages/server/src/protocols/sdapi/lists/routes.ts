/** Lists over HTTP, and the calls that make them anew. */
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { SdapiServices } from '../services.ts';
import { latentUpscaleModes, notInstalled, upscalers } from './fixed.ts';
import { listModels } from './models.ts';
import { listSamplers, listSchedulers } from './samplers.ts';

export function listRoutes({ models }: Pick<SdapiServices, 'models'>): Hono {
  const routes = new Hono()
    .get('/sdapi/v1/samplers', (c) => c.json(listSamplers()))
    .get('/sdapi/v1/schedulers', (c) => c.json(listSchedulers()))
    .get('/sdapi/v1/upscalers', (c) => c.json(upscalers))
    .get('/sdapi/v1/latent-upscale-modes', (c) => c.json(latentUpscaleModes))
    .get('/sdapi/v1/sd-models', (c) => c.json(listModels(models.list())));
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
