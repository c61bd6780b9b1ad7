/** Tasks and upscalers over HTTP. */
import { mergeSchema, routes, type UpscalerList, upscaleSchema } from '@bottega/contract';
import { Hono } from 'hono';
import { readJson } from '../errors/input.ts';
import { invalid } from '../errors/invalid.ts';
import type { Upscalers } from '../upscalers/upscalers.ts';
import type { Models } from '../models/models.ts';
import type { Vaes } from '../models/vaes.ts';
import { resolveMerge } from './resolve-merge.ts';
import type { Tasks } from './tasks.ts';

const largestOrder = 2 ** 16;

type Parts = {
  readonly tasks: Tasks;
  readonly upscalers: Upscalers;
  readonly models: Models;
  readonly vaes: Vaes;
};

/** @param modelsFolder Where merged models go. */
export function taskRoutes({ tasks, upscalers, models, vaes }: Parts, modelsFolder: string): Hono {
  return new Hono()
    .get('/api/v1/upscalers', async (c) => {
      const list: UpscalerList = {
        upscalers: (await upscalers.list()).map(({ path: _, ...upscaler }) => upscaler),
      };
      return c.json(list);
    })
    .post('/api/v1/upscale', async (c) => {
      const parsed = upscaleSchema.safeParse(await readJson(c, largestOrder));
      if (!parsed.success) throw invalid(parsed.error.issues[0]);
      const { images, ...request } = parsed.data;
      await upscalers.find(request.upscaler, 'upscaler');
      if (request.second !== undefined) await upscalers.find(request.second.upscaler, 'second.upscaler');
      const task = await tasks.create(
        { kind: 'upscale', ...request },
        images.map((media) => ({ media })),
      );
      return c.json(task, routes.upscale.status);
    })
    .post('/api/v1/models/merge', async (c) => {
      const parsed = mergeSchema.safeParse(await readJson(c, largestOrder));
      if (!parsed.success) throw invalid(parsed.error.issues[0]);
      const task = await tasks.create(await resolveMerge(parsed.data, models, vaes, modelsFolder));
      return c.json(task, routes.mergeModels.status);
    })
    .get('/api/v1/tasks', async (c) => c.json({ tasks: await tasks.latest() }))
    .get('/api/v1/tasks/:id', async (c) => c.json(await tasks.get(c.req.param('id'))))
    .post('/api/v1/tasks/:id/cancel', async (c) => c.json(await tasks.cancel(c.req.param('id'))))
    .delete('/api/v1/tasks/:id', async (c) => {
      await tasks.remove(c.req.param('id'));
      return c.body(null, 204);
    });
}
