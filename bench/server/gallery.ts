/** How long a page of a gallery of many pictures takes on the server. */
import { join } from 'node:path';
import { sql } from 'kysely';
import { startTestServer } from '@bottega/testing';
import { connect } from '../../packages/server/src/db/connect.ts';
import { median, milliseconds } from './numbers.ts';

const queries = {
  'first page': {},
  'page in the middle': { cursor: 'middle' },
  'search of a common word': { search: 'red' },
  'search of a rare word': { search: 'word777 ' },
  'search of a beginning, page in the middle': { search: 'wor', cursor: 'middle' },
} as const;

/** @returns lines of a Markdown table. */
export async function measureGallery(count: number, runs: number): Promise<string[]> {
  await using server = await startTestServer();
  await fill(join(server.config.dataFolder, 'database'), count);
  const middle = await cursorAt(server.url, count / 2);
  const lines: string[] = [];
  for (const [name, query] of Object.entries(queries)) {
    const { cursor, ...rest } = query as { cursor?: string };
    const parameters = new URLSearchParams({ ...rest, ...(cursor !== undefined && { cursor: middle }) });
    const times: number[] = [];
    for (let run = 0; run < runs + 3; run++) {
      const began = performance.now();
      const response = await fetch(`${server.url}/api/v1/pictures?${parameters}`);
      await response.arrayBuffer();
      if (run >= 3) times.push(performance.now() - began);
    }
    lines.push(
      `| gallery of ${count}, ${name} | ${milliseconds(median(times))} | ${milliseconds(Math.max(...times))} | 50 ms |`,
    );
  }
  return lines;
}

async function cursorAt(url: string, place: number): Promise<string> {
  let cursor = '';
  for (let seen = 0; seen < place; seen += 200) {
    const query = cursor === '' ? '' : `&cursor=${cursor}`;
    const page = (await (await fetch(`${url}/api/v1/pictures?limit=200${query}`)).json()) as { next: string };
    cursor = page.next;
  }
  return cursor;
}

/** Prompts of thirty words; a tenth of them with "red". */
async function fill(socket: string, count: number): Promise<void> {
  const { db } = connect({ host: socket, user: 'bottega', database: 'postgres' }, 'bench', 1);
  await sql`
    insert into generations (id, state, recipe, model_path)
    values ('00000000-0000-7000-8000-000000000000', 'done', '{"model":"tiny"}', '/none')`.execute(db);
  await sql`
    insert into pictures (id, generation_id, index, media, width, height, seed, prompt, negative_prompt, model, infotext)
    select uuidv7(interval '1 second' * n), '00000000-0000-7000-8000-000000000000', n, sha256(n::text::bytea), 512, 512, n,
      prompt, 'ugly, blurry, low quality', 'tiny', prompt || E'\nNegative prompt: ugly\nSteps: 20, Sampler: Euler, Seed: ' || n
    from generate_series(1, ${count}) n
    cross join lateral (
      select case when n % 10 = 0 then 'red ' else '' end || string_agg('word' || (n * 7919 + w * w * 31) % 5000, ' ') as prompt
      from generate_series(1, 30) w
    ) words`.execute(db);
  await sql`analyze pictures`.execute(db);
  await db.destroy();
}
