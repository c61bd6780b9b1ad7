/** Pictures bring their recipes: dropped, pasted, chosen. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { type Workshop, field, openWorkshop, ready } from './workshop.ts';

let workshop: Workshop;
let png: Buffer;
before(async () => {
  workshop = await openWorkshop();
  const { client, services, url } = workshop.server;
  const { id } = await client.createGeneration({
    prompt: 'a fig\nNegative prompt: leaves',
    steps: 7,
    seed: 99,
    width: 128,
    height: 64,
  });
  const { pictures } = await services.studio.finished(id);
  png = Buffer.from(await (await fetch(url + pictures[0].url)).arrayBuffer());
});
after(() => workshop.close());

/** Hands the page files as a person would who drops or pastes them. */
async function hand(
  page: Page,
  how: 'drop' | 'paste',
  bytes: Buffer,
  name: string,
  type: string,
): Promise<void> {
  await page.evaluate(
    ([kind, base64, fileName, mime]) => {
      const content = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([content], fileName, { type: mime }));
      const options = { bubbles: true, cancelable: true };
      document.body.dispatchEvent(
        kind === 'drop'
          ? new DragEvent('drop', { ...options, dataTransfer: data })
          : new ClipboardEvent('paste', { ...options, clipboardData: data }),
      );
    },
    [how, bytes.toString('base64'), name, type] as const,
  );
}

async function filled(page: Page): Promise<string[]> {
  await page
    .getByText(/The recipe is in the form/)
    .first()
    .waitFor();
  return Promise.all(
    ['Prompt', 'Negative prompt', 'Steps', 'Seed', 'Width', 'Height'].map((label) =>
      field(page, label).inputValue(),
    ),
  );
}

const recipe = ['a fig', 'leaves', '7', '99', '128', '64'];

for (const how of ['drop', 'paste'] as const) {
  test(`a picture made here fills the form: ${how}`, async () => {
    const page = await workshop.visit('/');
    await ready(page);
    await hand(page, how, png, 'fig.png', 'image/png');
    assert.deepEqual(await filled(page), recipe);
  });
}

test('a picture is chosen with the keyboard, and a model that is missing is named', async () => {
  const page = await workshop.visit('/');
  await ready(page);
  // Names of the same length, so that the chunk keeps its size; its checksum is not looked at.
  const foreign = Buffer.from(
    png
      .toString('latin1')
      .replace(/Model hash: (\w+)/, (_, hash: string) => `Model hash: ${'0'.repeat(hash.length)}`)
      .replace(/Model: (\w+)/, (_, name: string) => `Model: ${'x'.repeat(name.length)}`),
    'latin1',
  );
  await page
    .getByLabel('Read a picture’s recipe')
    .setInputFiles({ name: 'x.png', mimeType: 'image/png', buffer: foreign });
  assert.deepEqual(await filled(page), recipe);
  await page
    .getByText(/It was made with xxxx.*, which is not installed here/)
    .first()
    .waitFor();
  assert.equal(await field(page, 'Model').inputValue(), 'tiny');
});

test('what brings no recipe says why', async () => {
  const page = await workshop.visit('/');
  await ready(page);
  await hand(page, 'drop', Buffer.from('not a picture'), 'x.png', 'image/png');
  await page.getByText('This file is not a picture that can be read').first().waitFor();
  const plain = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
    'base64',
  );
  await hand(page, 'drop', plain, 'x.png', 'image/png');
  await page.getByText('This picture carries no recipe').first().waitFor();
});
