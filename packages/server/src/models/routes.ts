/** Models, samplers and schedules over HTTP. */
import type { Choices } from '@bottega/contract';
import { Hono } from 'hono';
import type { Models } from './models.ts';

export function modelRoutes(models: Models, choices: Choices): Hono {
  return new Hono()
    .get('/api/v1/models', (c) => c.json({ models: models.list() }))
    .post('/api/v1/models/refresh', async (c) => c.json({ models: await models.refresh() }))
    .get('/api/v1/choices', (c) => c.json(choices));
}
