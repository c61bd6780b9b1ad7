/** The gallery over HTTP. */
import { routes } from '@bottega/contract';
import { Hono } from 'hono';
import { readBytes, readQuery } from '../errors/input.ts';
import type { Models } from '../models/models.ts';
import type { Vaes } from '../models/vaes.ts';
import type { Gallery } from './gallery.ts';
import { readRecipe } from './read-recipe.ts';

const largestPicture = 32 * 2 ** 20;

export function galleryRoutes(gallery: Gallery, models: Models, vaes: Pick<Vaes, 'find'>): Hono {
  return new Hono()
    .get('/api/v1/pictures', async (c) => c.json(await gallery.page(readQuery(c, routes.listPictures.query))))
    .get('/api/v1/pictures/:id', async (c) => c.json(await gallery.get(c.req.param('id'))))
    .delete('/api/v1/pictures/:id', async (c) => {
      await gallery.remove(c.req.param('id'));
      return c.body(null, 204);
    })
    .post('/api/v1/recipes/read', async (c) =>
      c.json(await readRecipe(await readBytes(c, largestPicture), models, vaes)),
    );
}
