import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { withInfotext } from './with-infotext.ts';

const words = withInfotext(sdapi.txt2imgRequestSchema);
const picture = withInfotext(sdapi.img2imgRequestSchema);
const infotext = (more: string): string => `a fig\nSteps: 9, Sampler: Euler, ${more}, Version: Bottega 1`;

test('settings become overrides of the same name, whatever kind of value they have', () => {
  const said =
    'Pad conds: True, Noise Schedule: Zero Terminal SNR, Sigma churn: 4.5, NGMS: 2, NGMS all steps: True, ' +
    'Beta schedule alpha: 0.7, Noise multiplier: 0.9, Conditional mask weight: 0.5, VAE: soft.safetensors';
  const { override_settings: overrides, steps } = words.parse({ infotext: infotext(said) });
  assert.equal(steps, 9);
  for (const [name, value] of Object.entries({
    pad_cond_uncond: true,
    sd_noise_schedule: 'Zero Terminal SNR',
    s_churn: 4.5,
    s_min_uncond: 2,
    s_min_uncond_all: true,
    beta_dist_alpha: 0.7,
    initial_noise_multiplier: 0.9,
    inpainting_mask_weight: 0.5,
    sd_vae: 'soft.safetensors',
  }))
    assert.equal(overrides?.[name], value, name);
  assert.ok(!('pad_cond_uncond_v0' in (overrides ?? {})));
});

test('what the request says itself counts before the infotext', () => {
  const request = { infotext: infotext('Pad conds: True, CFG scale: 3.0'), cfg_scale: 5 };
  const { override_settings: overrides, cfg_scale: scale } = words.parse({
    ...request,
    override_settings: { pad_cond_uncond: false },
  });
  assert.deepEqual([overrides?.pad_cond_uncond, scale], [false, 5]);
});

test('a refiner, and how close a picture is followed, come back', () => {
  const refined = words.parse({ infotext: infotext('Refiner: fine [0123456789], Refiner switch at: 0.6') });
  assert.deepEqual([refined.refiner_checkpoint, refined.refiner_switch_at], ['fine [0123456789]', 0.6]);
  assert.equal(picture.parse({ infotext: infotext('Image CFG scale: 1.5') }).image_cfg_scale, 1.5);
});

function maskSettings(text: string, more: object): readonly unknown[] {
  const read = picture.parse({ infotext: text, ...more });
  const { mask_blur: blur, inpainting_mask_invert: isInverted, inpainting_fill: content } = read;
  return [blur, isInverted, content, read.inpaint_full_res, read.inpaint_full_res_padding];
}

test('a mask that is sent anew is used as the infotext says', () => {
  const said =
    'Mask mode: Inpaint not masked, Mask blur: 6, Inpaint area: Only masked, Masked area padding: 16, Masked content: latent noise';
  assert.deepEqual(maskSettings(infotext(said), { mask: 'x' }), [6, 1, 2, true, 16]);
  assert.deepEqual(maskSettings(infotext('Seed: 1'), { mask: 'x' }), [0, 0, 1, false, 32]);
  assert.deepEqual(maskSettings(infotext(said), { mask: 'x', inpainting_fill: 0, mask_blur: 2 }), [
    2,
    1,
    0,
    true,
    16,
  ]);
  assert.deepEqual(maskSettings(infotext(said), {}), [null, 0, 0, true, 0]);
});

test('soft inpainting comes back with its numbers, unless the request has its own', () => {
  const text = infotext(
    'Soft inpainting enabled: True, Soft inpainting schedule bias: 2, Soft inpainting difference threshold: 0',
  );
  const { alwayson_scripts: scripts } = picture.parse({ infotext: text, mask: 'x' });
  assert.deepEqual(scripts, { 'soft inpainting': { args: [true, 2, 0.5, 4, 0, 0, 2] } });
  const own = { 'Soft Inpainting': { args: [false] } };
  assert.deepEqual(picture.parse({ infotext: text, alwayson_scripts: own }).alwayson_scripts, own);
  assert.deepEqual(picture.parse({ infotext: infotext('Seed: 1') }).alwayson_scripts, {});
});
