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
    const scripts: Promise<Buffer>[] = [];
    const foreign: string[] = [];
    page.on('response', (response) => {
      if (!response.url().startsWith(workshop.server.url) && !response.url().startsWith('data:'))
        foreign.push(response.url());
      if (response.headers()['content-type']?.includes('javascript')) scripts.push(response.body());
    });
    await page.reload({ waitUntil: 'networkidle' });
    await ready(page);
    const bodies = await Promise.all(scripts);
    const kilobytes = bodies.reduce((sum, body) => sum + gzipSync(body).length, 0) / 1000;
    console.log(`${place}: ${kilobytes.toFixed(1)} kB of JavaScript (gzip) in ${bodies.length} files`);
    assert.ok(bodies.length > 0);
    assert.ok(kilobytes < 150, `${kilobytes.toFixed(1)} kB`);
    assert.deepEqual(foreign, []);
    assert.doesNotMatch(Buffer.concat(bodies).toString(), /ZodError/, 'schemas stay on the server');
  });
}
