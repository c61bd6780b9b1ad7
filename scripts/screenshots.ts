/**
 * Draws pictures with the model that comes with the program and photographs the page for the README:
 * `node scripts/bootstrap.mjs scripts/screenshots.ts`. Writes docs/images/studio-{light,dark}.png.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startTestServer } from '@bottega/testing';
import { launchBrowser } from '@bottega/testing/browser';
import sharp from 'sharp';

const prompts = [
  'a rocket on a blue background',
  'a yellow flower on a green background',
  'a whale on a white background',
  'a green tree on a yellow background',
  'a mushroom on a white background',
  'an orange fish on a blue background',
  'a house on a green background',
  'a purple butterfly on a white background',
  'a full moon on a black background',
  'a red apple on a blue background',
];
const folder = join(import.meta.dirname, '../docs/images');
mkdirSync(folder, { recursive: true });

await using server = await startTestServer({ engine: 'real', page: true });
for (const prompt of prompts) {
  const { id } = await server.client.createGeneration({ model: 'miniatura', prompt, seed: 1 });
  const { state, error } = await server.services.studio.finished(id);
  if (state !== 'done') throw new Error(`${prompt}: ${error?.message ?? state}`);
}

const browser = await launchBrowser();
for (const colorScheme of ['light', 'dark'] as const) {
  const page = await browser.newPage({
    colorScheme,
    locale: 'en-GB',
    viewport: { width: 1360, height: 980 },
  });
  await page.goto(server.url, { waitUntil: 'networkidle' });
  await page.getByLabel('Model', { exact: true }).selectOption('miniatura');
  await page.getByLabel('Prompt', { exact: true }).fill(prompts.at(-1) ?? '');
  await page.getByRole('heading', { name: 'Recent pictures' }).click();
  const picture = await page.screenshot();
  const file = join(folder, `studio-${colorScheme}.png`);
  const { size } = await sharp(picture).png({ palette: true, quality: 95, effort: 10 }).toFile(file);
  console.log(`${file}: ${Math.round(size / 1000)} kB`);
}
await browser.close();
