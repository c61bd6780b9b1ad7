/** Models, VAEs, samplers and schedules over HTTP. */
import type { Choices } from '@bottega/contract';
import { Hono } from 'hono';
import type { Models } from './models.ts';
import type { Vaes } from './vaes.ts';

export function modelRoutes(models: Models, vaes: Pick<Vaes, 'list'>, choices: Choices): Hono {
  return new Hono()
    .get('/api/v1/models', (c) => c.json({ models: models.list() }))
    .post('/api/v1/models/refresh', async (c) => c.json({ models: await models.refresh() }))
    .get('/api/v1/vaes', async (c) =>
      c.json({ vaes: (await vaes.list()).map(({ fileName, bytes }) => ({ name: fileName, bytes })) }),
    )
    .get('/api/v1/choices', (c) => c.json(choices));
}
