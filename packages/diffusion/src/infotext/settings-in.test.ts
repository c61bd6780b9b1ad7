/** What drawings say of their settings comes back as those settings, on a tiny random checkpoint. */
import { collect, writeTinyCheckpoint } from '@bottega/testing';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { imageToImage } from '../pipeline/image-to-image.ts';
import { loadModel } from '../pipeline/load-model.ts';
import { textToImage } from '../pipeline/text-to-image.ts';
import { parseInfotext } from './parse.ts';
import { settingsIn } from './settings-in.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-settings-'));
after(() => rmSync(folder, { recursive: true }));
const model = await loadModel(writeTinyCheckpoint(join(folder, 'tiny.safetensors')), { threads: 1 });
after(() => model.dispose());

type Settings = Readonly<Record<string, number | string | boolean>>;

const picture = { width: 32, height: 24, data: new Uint8Array(32 * 24 * 3).fill(90) };
const plain = { prompt: 'a cat, '.repeat(40), width: 32, height: 24, steps: 4, seed: 5, cfgScale: 5 };

async function told(
  request: object,
  samplerOptions: Settings,
  images?: (typeof picture)[],
): Promise<Settings> {
  const whole = { ...plain, ...request, samplerOptions };
  const drawing =
    images === undefined ? textToImage(model, whole) : imageToImage(model, { ...whole, images });
  const event = (await collect(drawing)).find(({ type }) => type === 'picture');
  assert.ok(event?.type === 'picture');
  return settingsIn(parseInfotext(event.infotext));
}

for (const [name, request, settings] of [
  ['an ancestral sampler', { sampler: 'DPM++ 2S a' }, { eta_ancestral: 0.4, s_noise: 0.95 }],
  ['a sampler that churns', { sampler: 'Euler' }, { s_churn: 2, s_tmin: 0.2, s_tmax: 9, s_noise: 1.02 }],
  ['DDIM', { sampler: 'DDIM' }, { eta_ddim: 0.3 }],
  ['guidance', { sampler: 'Euler' }, { s_min_uncond: 20, s_min_uncond_all: true }],
  ['the first steps', { sampler: 'Euler' }, { skip_early_cond: 0.5 }],
  [
    'a schedule',
    { sampler: 'Euler', scheduler: 'Karras' },
    { sigma_min: 0.1, sigma_max: 12, rho: 6, always_discard_next_to_last_sigma: true },
  ],
  ['a beta schedule', { sampler: 'Euler', scheduler: 'Beta' }, { beta_dist_alpha: 0.7, beta_dist_beta: 0.5 }],
  ['noise', { sampler: 'Euler' }, { sgm_noise_multiplier: true, use_downcasted_alpha_bar: true }],
  ['a noise schedule', { sampler: 'Euler' }, { sd_noise_schedule: 'Zero Terminal SNR' }],
  ['padded prompts', {}, { pad_cond_uncond: true }],
  ['prompts padded in the old way', {}, { pad_cond_uncond_v0: true }],
] as const) {
  test(`${name}: the settings come back`, async () => {
    const usual = await told(request, {});
    assert.deepEqual(await told(request, settings), { ...usual, ...settings });
    for (const setting of Object.keys(settings)) assert.notEqual(usual[setting], settings[setting as never]);
  });
}

test('those of a picture to start from come back', async () => {
  const settings = { initial_noise_multiplier: 0.9, img2img_extra_noise: 0.1 };
  const usual = await told({ sampler: 'Euler' }, {}, [picture]);
  assert.deepEqual(await told({ sampler: 'Euler' }, settings, [picture]), { ...usual, ...settings });
});

test('what cannot be read is left as it stands, for whoever checks it', () => {
  const parsed = parseInfotext('a\nSteps: 4, Sampler: Euler, Sigma churn: much, Eta: , NGMS: 1e400');
  const { s_churn: churn, s_min_uncond: minimum, ...rest } = settingsIn(parsed);
  assert.deepEqual([churn, minimum, 'eta_ancestral' in rest], ['much', '1e400', false]);
});
