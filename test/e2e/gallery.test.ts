/** The gallery: pages, search, turning pages, and all of it without JavaScript. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Workshop, field, openWorkshop, ready, until } from './workshop.ts';

let workshop: Workshop;
before(async () => {
  workshop = await openWorkshop();
  await workshop.draw('a pear on a plate', 49);
  await workshop.draw('a quiet harbour');
  await workshop.draw('an apple <b>& "quotes"</b>');
});
after(() => workshop.close());

test('without JavaScript: pages, search, a picture with its recipe', async () => {
  const page = await workshop.visit('/gallery', { javaScriptEnabled: false });
  const pictures = page.getByRole('main').getByRole('listitem');
  await page.getByText('51 pictures').waitFor();
  assert.equal(await pictures.count(), 48);
  await page.getByRole('link', { name: 'More pictures' }).click();
  await page.getByRole('link', { name: 'Back to the newest' }).waitFor();
  assert.equal(await pictures.count(), 3);

  await field(page, 'Search in prompts').fill('harbour quiet');
  await page.getByRole('button', { name: 'Search' }).click();
  await page.getByText('1 picture with “harbour quiet”').waitFor();
  await page.getByRole('link', { name: 'a quiet harbour' }).click();
  await page.getByText('Sampler').waitFor();
  assert.equal(await page.getByRole('img').getAttribute('alt'), 'a quiet harbour');
  await page.getByRole('link', { name: 'Download' }).waitFor();

  await page.goto(`${workshop.server.url}/gallery?search=unicorn`);
  await page.getByRole('heading', { name: 'Nothing found for “unicorn”' }).waitFor();
});

test('the list goes on in place when its end comes near', async () => {
  const page = await workshop.visit('/gallery');
  await ready(page);
  const pictures = page.getByRole('main').getByRole('listitem');
  await page.getByRole('link', { name: 'More pictures' }).scrollIntoViewIfNeeded();
  await pictures.nth(50).waitFor();
  assert.equal(await page.getByRole('link', { name: 'More pictures' }).count(), 0);
});

test('arrows turn the pages, Escape goes back, words of prompts stay words', async () => {
  const page = await workshop.visit('/gallery');
  await ready(page);
  await page.getByRole('link', { name: 'an apple <b>& "quotes"</b>' }).click();
  await page.getByRole('heading', { name: 'Picture: an apple <b>& "quotes"</b>' }).waitFor();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('heading', { name: 'Picture: a quiet harbour' }).waitFor();
  await page.reload();
  await ready(page);
  await page.keyboard.press('ArrowLeft');
  await page.getByRole('heading', { name: 'Picture: an apple' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Gallery' }).waitFor();
});

test('a picture is reused in the studio, and deleted from its page', async () => {
  const page = await workshop.visit('/gallery?search=harbour');
  await ready(page);
  await page.getByRole('link', { name: 'a quiet harbour' }).click();
  await page.getByRole('link', { name: 'Reuse recipe' }).click();
  await page.getByText('The recipe is in the form.').first().waitFor();
  assert.equal(await field(page, 'Prompt').inputValue(), 'a quiet harbour');
  assert.equal(new URL(page.url()).search, '', 'reloading does not overwrite the form again');

  await page.goto(`${workshop.server.url}/gallery?search=harbour`);
  await ready(page);
  await page.getByRole('link', { name: 'a quiet harbour' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('heading', { name: 'Gallery' }).waitFor();
  await page.close({ runBeforeUnload: true });
  await until(async () => (await workshop.server.client.listPictures({ search: 'harbour' })).total === 0);
});

test('an address that names no picture says so', async () => {
  const page = await workshop.visit('/gallery/00000000-0000-7000-8000-000000000000');
  await page.getByRole('heading', { name: 'There is nothing here' }).waitFor();
});
