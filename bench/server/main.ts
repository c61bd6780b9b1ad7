/**
 * What the program around the engine costs: time from request to picture, start, memory at rest, the gallery.
 *
 *     npm run bench server [-- --runs 20] [--pictures 10000] [--idle 45]
 *
 * `--idle` is how many seconds of rest come before the memory is taken. Memory needs Linux.
 */
import { rmSync } from 'node:fs';
import { loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readConfig, startServer } from '@bottega/server';
import { createClient } from '@bottega/contract';
import { freshDataFolder } from '@bottega/testing';
import { measureGallery } from './gallery.ts';
import { megabytes, median, milliseconds } from './numbers.ts';
import { memoryOf } from './processes.ts';
import { startWorkshop } from './workshop.ts';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '20' },
    pictures: { type: 'string', default: '10000' },
    idle: { type: 'string', default: '45' },
  },
});
const runs = Number(options.runs);

const data = await freshDataFolder();
try {
  console.log(
    `load of the machine before: ${loadavg()
      .map((one) => one.toFixed(1))
      .join(' ')}\n`,
  );
  console.log('| | median | worst | limit |\n|---|---|---|---|');
  for (const line of await measureOverhead()) console.log(line);
  for (const line of await measureGallery(Number(options.pictures), runs)) console.log(line);
  for (const line of await measureStart()) console.log(line);
} finally {
  rmSync(dirname(data), { recursive: true, force: true });
}

/** The whole way of a 512x512 picture that took the engine no time. */
async function measureOverhead(): Promise<string[]> {
  const server = await startServer(
    readConfig({ PORT: '0', BOTTEGA_DATA: data, BOTTEGA_LOG_LEVEL: 'error' }),
    {
      page: false,
      engineModule: join(import.meta.dirname, 'instant-engine.ts'),
    },
  );
  const client = createClient(server.url);
  const native = await timed(async (seed) => {
    const { id } = await client.createGeneration({ prompt: 'a bench', seed, width: 512, height: 512 });
    const { pictures } = await server.services.studio.finished(id);
    await (await fetch(server.url + pictures[0].url)).arrayBuffer();
  });
  const a1111 = await timed(async (seed) => {
    const response = await fetch(`${server.url}/sdapi/v1/txt2img`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ prompt: 'a bench', seed: seed + 100_000, width: 512, height: 512, steps: 1 }),
    });
    await response.json();
  });
  await server.stop();
  return [
    row('request to stored picture, /api/v1', native, '40 ms'),
    row('request to picture, /sdapi', a1111, '40 ms'),
  ];
}

async function timed(once: (seed: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs + 5; run++) {
    const began = performance.now();
    await once(run);
    if (run >= 5) times.push(performance.now() - began);
    // What is left to do once a request is answered (an API client's picture is deleted) belongs to no other one.
    await delay(60);
  }
  return times;
}

function row(name: string, times: readonly number[], limit: string): string {
  return `| ${name} | ${milliseconds(median(times))} | ${milliseconds(Math.max(...times))} | ${limit} |`;
}

async function measureStart(): Promise<string[]> {
  const times: number[] = [];
  const starts = 5;
  for (let n = 0; n <= starts; n++) {
    const workshop = await startWorkshop(data, 17_860 + n);
    // The first start builds the page and fills the code cache.
    if (n > 0) times.push(workshop.readyMs);
    if (n === starts) {
      await delay(Number(options.idle) * 1000);
      const rows = memoryOf(workshop.pid);
      await workshop.stop();
      const total = (field: 'rss' | 'pss') => megabytes(rows.reduce((sum, one) => sum + one[field], 0));
      const parts = rows
        .map((one) => `${one.name} ${megabytes(one.pss)} of ${megabytes(one.rss)}`)
        .join(', ');
      return [
        row('start to ready', times, '3 s'),
        `| memory at rest, shared pages counted once (${parts}) | ${total('pss')} | | 350 MB |`,
        `| memory at rest, shared pages counted in every process | ${total('rss')} | | |`,
      ];
    }
    await workshop.stop();
  }
  return [];
}
