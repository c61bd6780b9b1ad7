/** What the first visit costs: measured on the built page as a browser would fetch it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type Workshop, openWorkshop, ready } from './workshop.ts';

let workshop: Workshop;
before(async () => {
  workshop = await openWorkshop();
});
after(() => workshop.close());

for (const place of ['/', '/gallery']) {
  test(`${place} loads less than 150 kB of JavaScript (gzip), and nothing from elsewhere`, async () => {
    const page = await workshop.visit(place);
    const asked = new Set<string>();
    page.on('request', (request) => asked.add(request.url()));
    await page.reload({ waitUntil: 'networkidle' });
    await ready(page);
    const ours = [...asked].filter((url) => url.startsWith(workshop.server.url));
    assert.deepEqual(
      [...asked].filter((url) => !ours.includes(url) && !url.startsWith('data:')),
      [],
    );
    const bodies = await Promise.all(ours.filter((url) => url.endsWith('.js')).map(bodyOf));
    const kilobytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0) / 1000;
    console.log(`${place}: ${kilobytes.toFixed(1)} kB of JavaScript (gzip) in ${bodies.length} files`);
    assert.ok(bodies.length > 0);
    assert.ok(kilobytes < 150, `${kilobytes.toFixed(1)} kB`);
    assert.doesNotMatch(Buffer.concat(bodies).toString(), /ZodError/, 'schemas stay on the server');
  });
}

async function bodyOf(url: string): Promise<Buffer> {
  return Buffer.from(await (await fetch(url)).arrayBuffer());
}
