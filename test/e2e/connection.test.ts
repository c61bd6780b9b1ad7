/** A network that comes and goes: nothing is lost, and the page says what happens. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Workshop, field, openWorkshop, ready } from './workshop.ts';

let workshop: Workshop;
before(async () => {
  workshop = await openWorkshop();
});
after(() => workshop.close());

test('what happened while the connection was lost is there when it comes back', async () => {
  const page = await workshop.visit('/');
  await ready(page);
  await field(page, 'Prompt').fill('before the break');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('#easel img[alt="before the break"]').waitFor();

  // The stream is cut and every request fails, as when the server is being restarted.
  await page.context().setOffline(true);
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
  await page.getByText('Connection lost. Trying again').first().waitFor();

  await field(page, 'Prompt').fill('during the break');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByText('Your recipe is kept here; try again in a moment.').first().waitFor();
  assert.equal(await field(page, 'Prompt').inputValue(), 'during the break');

  await workshop.draw('drawn meanwhile');
  await page.context().setOffline(false);
  await page.locator('#easel img[alt="drawn meanwhile"]').waitFor();
  await page.getByRole('main').getByText('Connection lost').waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Generate' }).click();
  await page.locator('#easel img[alt="during the break"]').waitFor();
});

test('a page that is opened while a picture is drawn shows its progress', async () => {
  const { id } = await workshop.server.client.createGeneration({
    prompt: 'slow',
    steps: 150,
    batchCount: 10,
  });
  const page = await workshop.visit('/');
  await page.getByText(/^Step \d+ of 1,500/).waitFor();
  await page.getByAltText('Preview: slow').waitFor();
  await workshop.server.client.cancelGeneration(id);
  await page.getByRole('progressbar').waitFor({ state: 'detached' });
});
