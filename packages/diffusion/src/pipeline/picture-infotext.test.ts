/** What a picture says of itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CheckpointInfo, TextToImageRequest } from '../api.ts';
import { findSampler } from '../sampler/registry.ts';
import { findScheduler } from '../schedule/registry.ts';
import { pictureInfotext } from './picture-infotext.ts';
import type { Recorded } from './picture-infotext.ts';
import { resolveRequest } from './resolve-request.ts';

const info: CheckpointInfo = {
  path: '/models/v1-5.safetensors',
  name: 'v1-5',
  architecture: 'sd1',
  title: 'Stable Diffusion 1',
  precision: 'f16',
  parameters: 1,
  bytes: 1,
  latentFactor: 8,
  sha256: 'cc6cb27103417325ff94f52b7a5d2dde45a7515b25c255d8e396c90014281516',
};

function parametersOf(request: Partial<TextToImageRequest>, recorded: Partial<Recorded> = {}): string {
  const resolved = resolveRequest({ prompt: 'a', seed: 1, subseed: 2, ...request }, {});
  const text = pictureInfotext(
    {
      request: resolved,
      info,
      sampler: findSampler(resolved.sampler),
      scheduler: findScheduler(resolved.scheduler),
      extras: {},
      ...recorded,
    },
    0,
  );
  return text.split('\n').at(-1) ?? '';
}

test('a plain picture has the usual parameters', () => {
  assert.equal(
    parametersOf({}),
    'Steps: 20, Sampler: DPM++ 2M, Schedule type: Automatic, CFG scale: 7.0, Seed: 1, Size: 512x512, ' +
      'Model hash: cc6cb27103, Model: v1-5, RNG: NV',
  );
});

test('whatever else was chosen is written, numbers as Python prints them', () => {
  const text = parametersOf(
    {
      prompt: '(a)',
      sampler: 'Euler a',
      subseedStrength: 1,
      seedResizeFrom: { width: 64, height: 32 },
      clipSkip: 2,
      etaNoiseSeedDelta: 31_337,
      randomSource: 'CPU',
      emphasis: 'No norm',
    },
    { vae: { name: 'a, b.safetensors', hash: '735e4c3a44' }, extras: { Eta: 1, NGMS: 0.5 }, version: 'v1' },
  );
  assert.equal(
    text,
    'Steps: 20, Sampler: Euler a, Schedule type: Automatic, CFG scale: 7.0, Seed: 1, Size: 512x512, ' +
      'Model hash: cc6cb27103, Model: v1-5, VAE hash: 735e4c3a44, VAE: "a, b.safetensors", Variation seed: 2, ' +
      'Variation seed strength: 1.0, Seed resize from: 64x32, Clip skip: 2, ENSD: 31337, RNG: CPU, ' +
      'Emphasis: No norm, Eta: 1.0, NGMS: 0.5, Version: v1',
  );
});

test('ENSD is written where it makes a difference', () => {
  const withEnsd = { etaNoiseSeedDelta: 5 };
  assert.doesNotMatch(parametersOf({ ...withEnsd, sampler: 'Euler' }), /ENSD/);
  assert.doesNotMatch(parametersOf({ ...withEnsd, sampler: 'Euler a' }, { extras: { Eta: 0 } }), /ENSD/);
  assert.match(parametersOf({ ...withEnsd, sampler: 'Euler a' }), /, ENSD: 5,/);
});

test('an emphasis mode is written where there is something to emphasise', () => {
  assert.doesNotMatch(parametersOf({ emphasis: 'Ignore' }), /Emphasis/);
  assert.match(parametersOf({ emphasis: 'Ignore', negativePrompt: '[b]' }), /, Emphasis: Ignore$/);
});
