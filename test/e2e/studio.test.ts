/** The studio's details: mistakes, the queue, failures, the keyboard. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Workshop, field, openWorkshop, ready } from './workshop.ts';

let workshop: Workshop;
before(async () => {
  workshop = await openWorkshop();
});
after(() => workshop.close());

async function studio(): Promise<Page> {
  const page = await workshop.visit('/');
  await ready(page);
  return page;
}

const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.id ?? '');

test('a mistake is told beside its field, before anything is sent', async () => {
  const page = await studio();
  await field(page, 'Steps').fill('0');
  await field(page, 'Seed').fill('1.5');
  await page.getByRole('button', { name: 'Generate' }).click();
  assert.equal(await focused(page), 'recipe-steps', 'the first wrong field has the focus');
  assert.equal(await field(page, 'Steps').getAttribute('aria-invalid'), 'true');
  assert.equal(await page.locator('#recipe-steps-error').textContent(), 'From 1 to 150.');
  assert.equal(await page.locator('#recipe-seed-error').textContent(), 'A whole number is needed here.');
  await page.getByRole('status').filter({ hasText: '2 fields need attention.' }).waitFor();
  await field(page, 'Steps').fill('4');
  assert.equal(await page.locator('#recipe-steps-error').count(), 0, 'a mended field is not complained of');
  assert.equal((await workshop.server.client.listGenerations()).generations.length, 0);
});

test("the server's refusal is told beside the field that it names", async () => {
  const page = await studio();
  await page.route('**/api/v1/generations', (route) =>
    route.fulfill({
      status: 422,
      json: {
        error: { code: 'request.invalid', message: 'width: too wide for this machine.', field: 'width' },
      },
    }),
  );
  await page.getByRole('button', { name: 'Generate' }).click();
  assert.match((await page.locator('#recipe-width-error').textContent()) ?? '', /too wide/);
  assert.equal(await focused(page), 'recipe-width');
});

test('several orders wait with their positions, and are cancelled', async () => {
  const page = await studio();
  await field(page, 'Steps').fill('100');
  await field(page, 'Prompt').fill('slow one');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByText(/^Step \d+ of 100/).waitFor();
  for (const prompt of ['slow two', 'slow three']) {
    await field(page, 'Prompt').fill(prompt);
    await page.getByRole('button', { name: 'Add to queue' }).click();
    await page.getByRole('button', { name: `Cancel: ${prompt}` }).waitFor();
  }
  assert.deepEqual(
    await page.locator('section[aria-labelledby="waiting-title"] li .position').allTextContents(),
    ['Number 1 in the queue1', 'Number 2 in the queue2'],
  );
  await page.getByRole('button', { name: 'Cancel: slow two' }).click();
  await page.getByRole('button', { name: 'Cancel: slow two' }).waitFor({ state: 'detached' });
  await page.getByText('Number 1 in the queue').waitFor();
  await page.getByRole('button', { name: 'Cancel: slow three' }).click();
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await page.getByRole('progressbar').waitFor({ state: 'detached' });
});

test('a failure says why, and its recipe comes back into the form', async () => {
  const page = await studio();
  await field(page, 'Prompt').fill('nan');
  await page.getByRole('button', { name: 'Generate' }).click();
  await page.getByRole('heading', { name: 'Not drawn' }).waitFor();
  await field(page, 'Prompt').fill('');
  await page.getByRole('button', { name: 'Back into the form' }).click();
  assert.equal(await field(page, 'Prompt').inputValue(), 'nan');
  await page.getByRole('button', { name: 'Dismiss' }).click();
  await page.getByRole('heading', { name: 'Not drawn' }).waitFor({ state: 'detached' });
});

test('by keyboard alone: words, picture, recipe, gallery', async () => {
  const page = await studio();
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Skip to content');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'recipe-prompt');
  await page.keyboard.type('a picture without a mouse');
  await page.keyboard.press('Control+Enter');
  await page.locator('#easel img[alt="a picture without a mouse"]').waitFor();

  const seen: string[] = [];
  for (let step = 0; step < 60 && seen.at(-1) !== 'All pictures'; step++) {
    await page.keyboard.press('Tab');
    seen.push(await page.evaluate(nameOfFocus));
    const outline = await page.evaluate(() => {
      const focus = document.activeElement;
      const shown = focus?.matches('input[type=file]') ? focus.parentElement : focus;
      return shown === null || shown === undefined ? '' : getComputedStyle(shown).outlineStyle;
    });
    assert.notEqual(outline, 'none', `the focus is visible on ${seen.at(-1)}`);
  }
  for (const name of [
    'Negative prompt',
    'Model',
    'Steps',
    'Generate',
    'Reuse recipe',
    'Delete',
    'All pictures',
  ]) {
    assert.ok(
      seen.some((each) => each.startsWith(name)),
      `${name} is reached; there were ${seen.join(', ')}`,
    );
  }
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Gallery' }).waitFor();
});

/** Runs in the page. */
function nameOfFocus(): string {
  const focus = document.activeElement;
  const label = focus?.id ? document.querySelector(`label[for="${focus.id}"]`) : null;
  return (focus?.getAttribute('aria-label') ?? label?.textContent ?? focus?.textContent ?? '').trim();
}
