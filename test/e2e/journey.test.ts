/** From words to a picture and back, on a real server with the real engine and a tiny checkpoint. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { type Workshop, field, openWorkshop, ready, until } from './workshop.ts';

let workshop: Workshop;
before(async () => {
  workshop = await openWorkshop({ engine: 'real' });
});
after(() => workshop.close());

test('type words, get a picture, keep it, reuse it, delete it', async () => {
  const page = await workshop.visit('/', { permissions: ['clipboard-read', 'clipboard-write'] });
  await ready(page);
  await page.getByRole('heading', { name: 'The easel is free' }).waitFor();

  await field(page, 'Prompt').fill('a red apple on a blue background');
  await field(page, 'Negative prompt').fill('text');
  await field(page, 'Width').fill('64');
  await field(page, 'Height').fill('64');
  await field(page, 'Steps').fill('3');
  await field(page, 'Seed').fill('42');
  await field(page, 'Pictures in each').fill('2');
  await page.getByRole('button', { name: 'Generate' }).click();

  const picture = page.locator('#easel img[alt="a red apple on a blue background"]');
  await picture.waitFor();
  assert.equal(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth), 64);
  assert.equal(await page.getByRole('button', { name: /^Show: a red apple/ }).count(), 2);

  const { pictures } = await workshop.server.client.listPictures();
  assert.deepEqual(
    pictures.map(({ seed }) => seed),
    [43, 42],
  );

  await page.getByRole('button', { name: 'Copy recipe' }).click();
  await page.getByText('Recipe copied.').first().waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), pictures[0].infotext);

  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download' }).click();
  const download = await downloading;
  assert.equal(download.suggestedFilename(), 'a-red-apple-on-a-blue-background-43.png');
  assert.match(readFileSync(await download.path()).toString('latin1'), /tEXtparameters\0a red apple/);

  await field(page, 'Prompt').fill('something else');
  await page.getByRole('link', { name: 'Reuse recipe' }).click();
  assert.equal(await field(page, 'Prompt').inputValue(), 'a red apple on a blue background');
  assert.equal(await field(page, 'Seed').inputValue(), '43');
  assert.equal(await field(page, 'Pictures in each').inputValue(), '1');

  await page.reload();
  await ready(page);
  assert.equal(await field(page, 'Seed').inputValue(), '43', 'the form survives a reload');

  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.equal(await page.getByRole('button', { name: /^Show: a red apple/ }).count(), 2);
  await page.getByRole('button', { name: 'Delete' }).click();
  // Leaving the page settles the deletion; the request outlives it.
  await page.close({ runBeforeUnload: true });
  await until(async () => (await workshop.server.client.listPictures()).total === 1);
});
