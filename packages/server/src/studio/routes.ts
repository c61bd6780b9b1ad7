/** The studio over HTTP. */
import { routes } from '@bottega/contract';
import { Hono } from 'hono';
import { readJson, readQuery } from '../errors/input.ts';
import type { Studio } from './studio.ts';

/** Two prompts of 100,000 characters, each written as `\uXXXX`, and the rest. */
const largestRecipe = 2 ** 21;

export function studioRoutes(studio: Studio): Hono {
  return new Hono()
    .post('/api/v1/generations', async (c) =>
      c.json(await studio.create(await readJson(c, largestRecipe)), routes.createGeneration.status),
    )
    .get('/api/v1/generations', async (c) =>
      c.json(await studio.list(readQuery(c, routes.listGenerations.query))),
    )
    .get('/api/v1/generations/:id', async (c) => c.json(await studio.get(c.req.param('id'))))
    .post('/api/v1/generations/:id/cancel', async (c) => c.json(await studio.cancel(c.req.param('id'))))
    .delete('/api/v1/generations/:id', async (c) => {
      await studio.remove(c.req.param('id'));
      return c.body(null, 204);
    })
    .get('/api/v1/queue', async (c) => c.json(await studio.queue()));
}
