/** Settings over HTTP. Open WebUI reads all of them and posts them all back. */
import { sdapi } from '@bottega/contract';
import { Hono } from 'hono';
import { readBody, wordsLimit } from '../request.ts';
import type { Options } from './options.ts';

export function optionRoutes(options: Options): Hono {
  return new Hono()
    .get('/sdapi/v1/options', async (c) => c.json(await options.all()))
    .post('/sdapi/v1/options', async (c) => {
      await options.write(await readBody(c, sdapi.anyObjectSchema, wordsLimit));
      return c.json(null);
    });
}
