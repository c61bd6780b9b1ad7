/** For everybody: assistive technology, both colour schemes, small screens, two languages. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { type Workshop, field, openWorkshop, ready } from './workshop.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let workshop: Workshop;
let places: readonly string[];

before(async () => {
  workshop = await openWorkshop();
  await workshop.draw('a lighthouse at dusk', 2);
  const { pictures } = await workshop.server.client.listPictures();
  places = ['/', '/gallery', '/gallery?search=nothing', `/gallery/${pictures[0].id}`, '/nowhere'];
});
after(() => workshop.close());

async function findings(page: Page): Promise<string[]> {
  // The policy of the page forbids foreign scripts, so this one comes in through the debugger.
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  return violations.flatMap(({ id, impact, nodes }) =>
    impact === 'minor' ? [] : nodes.map((node) => `${impact} ${id}: ${node.html.slice(0, 160)}`),
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in ${colorScheme}`, async () => {
    for (const place of places) {
      const page = await workshop.visit(place, { colorScheme });
      await ready(page);
      assert.deepEqual(await findings(page), [], place);
      await page.close();
    }
  });
}

test('axe finds nothing while a picture is drawn, others wait, one failed and a field is wrong', async () => {
  const page = await workshop.visit('/');
  await ready(page);
  const { client, services } = workshop.server;
  const failed = await client.createGeneration({ prompt: 'nan', steps: 2 });
  await services.studio.finished(failed.id);
  const running = await client.createGeneration({ prompt: 'slow', steps: 150, batchCount: 10 });
  const queued = await client.createGeneration({ prompt: 'slow too', steps: 1 });
  await page.getByRole('progressbar').waitFor();
  await page.getByRole('button', { name: 'Cancel: slow too' }).waitFor();
  await field(page, 'Steps').fill('0');
  await page.getByRole('button', { name: 'Add to queue' }).click();
  await page.locator('#recipe-steps-error').waitFor();
  assert.deepEqual(await findings(page), []);
  await client.cancelGeneration(queued.id);
  await client.cancelGeneration(running.id);
  await services.studio.finished(running.id);
});

test('at 360 pixels nothing is wider than the screen, in either language', async () => {
  for (const locale of ['en-GB', 'it-IT']) {
    for (const place of places) {
      const page = await workshop.visit(place, { viewport: { width: 360, height: 740 }, locale });
      await ready(page);
      if (place === '/') await page.getByRole('button', { name: /^(Settings|Impostazioni)/ }).click();
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.equal(width, 360, `${place} in ${locale}`);
      await page.close();
    }
  }
});

test('on a small screen the settings open, and a wrong one opens them', async () => {
  const page = await workshop.visit('/', { viewport: { width: 360, height: 740 } });
  await ready(page);
  const settings = page.getByRole('button', { name: /^Settings/ });
  assert.equal(await field(page, 'Steps').isVisible(), false);
  await settings.click();
  await field(page, 'Steps').fill('0');
  await settings.click();
  await page.getByRole('button', { name: 'Generate' }).click();
  assert.equal(await field(page, 'Steps').isVisible(), true);
});

test('Italian from the browser, English by choice, and the choice stays', async () => {
  const page = await workshop.visit('/', { locale: 'it-IT' });
  await ready(page);
  assert.equal(await page.locator('html').getAttribute('lang'), 'it');
  await page.getByRole('button', { name: /^Genera/ }).waitFor();
  await field(page, 'Passi').fill('999');
  await page.getByRole('button', { name: /^Genera/ }).click();
  assert.equal(await page.locator('#recipe-steps-error').textContent(), 'Da 1 a 150.');
  await page.getByRole('link', { name: /English/ }).click();
  await page.getByRole('button', { name: /^Generate/ }).waitFor();
  assert.equal(new URL(page.url()).search, '');
  await page.goto(`${workshop.server.url}/gallery?search=lighthouse`);
  await page.getByText('2 pictures with “lighthouse”').first().waitFor();
  await page.getByRole('link', { name: /italiano/ }).click();
  await page.getByText('2 immagini con «lighthouse»').first().waitFor();
});

test('the colours are switched, without a flash on the next visit', async () => {
  const page = await workshop.visit('/gallery', { colorScheme: 'light' });
  await ready(page);
  const ground = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  await page.getByRole('button', { name: /^Colours: as the system/ }).click();
  assert.equal(await ground(), light);
  await page.getByRole('button', { name: /^Colours: light/ }).click();
  assert.notEqual(await ground(), light);
  const answer = await page.reload();
  assert.match((await answer?.text()) ?? '', /<html lang="en" data-theme="dark">/);
});
