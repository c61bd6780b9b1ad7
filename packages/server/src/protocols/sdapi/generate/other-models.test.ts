/** A VAE and a refiner beside the model, over A1111's API and the program's own, with the engine itself. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import {
  type CallApi,
  callApi,
  startTestServer,
  type TestServer,
  writeTinyCheckpoint,
} from '@bottega/testing';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer({ engine: 'real', env: { BOTTEGA_MODEL_MEMORY: '0.001' } });
  call = callApi(server.url);
  const [folder] = server.config.modelFolders;
  mkdirSync(join(folder, 'VAE'));
  writeTinyCheckpoint(join(folder, 'second.safetensors'), { seed: 1 });
  writeTinyCheckpoint(join(folder, 'VAE/soft.safetensors'), { seed: 2 });
  await call('/sdapi/v1/refresh-checkpoints', {});
});
after(() => server.stop());

const request = {
  prompt: 'a cat',
  seed: 1,
  width: 32,
  height: 32,
  steps: 4,
  sampler_name: 'Euler',
  override_settings: { sd_model_checkpoint: 'tiny' },
};

function withVae(name: string) {
  return { override_settings: { ...request.override_settings, sd_vae: name } };
}

async function drawn(
  changes: object,
): Promise<{ readonly info: sdapi.GenerationInfo; readonly image: string }> {
  const { body, status } = await call('/sdapi/v1/txt2img', { ...request, ...changes });
  assert.equal(status, 200, JSON.stringify(body));
  const { info, images } = sdapi.generationResponseSchema.parse(body);
  return { info: sdapi.generationInfoSchema.parse(JSON.parse(info)), image: images[0] };
}

test('a refiner takes over where the request says', async () => {
  const plain = await drawn({});
  const { info, image } = await drawn({ refiner_checkpoint: 'second', refiner_switch_at: 0.5 });
  assert.match(info.infotexts[0], /Refiner: second \[[0-9a-f]{10}\], Refiner switch at: 0\.5/);
  assert.notEqual(image, plain.image);
});

test('the setting sd_vae chooses among the listed VAEs, and an unknown one is none', async () => {
  const { body } = await call('/sdapi/v1/sd-vae');
  assert.deepEqual(body, [{ model_name: 'soft.safetensors', filename: 'soft.safetensors' }]);
  const { info, image } = await drawn(withVae('soft.safetensors'));
  assert.match(info.infotexts[0], /VAE hash: [0-9a-f]{10}, VAE: soft\.safetensors/);
  assert.equal(info.sd_vae_name, 'soft.safetensors');
  const without = await drawn(withVae('gone.pt'));
  assert.equal(without.info.sd_vae_name, null);
  assert.notEqual(image, without.image);
});

test('recipes name both too, by any of their names, and unknown ones are refused', async () => {
  const { client } = server;
  const recipe = { prompt: 'a cat', model: 'tiny', steps: 2, width: 32, height: 32 };
  const created = await client.createGeneration({
    ...recipe,
    vae: 'SOFT',
    refiner: { model: 'second.safetensors' },
  });
  assert.equal(created.recipe.vae, 'soft.safetensors');
  assert.deepEqual(created.recipe.refiner, { model: 'second' });
  await assert.rejects(client.createGeneration({ ...recipe, vae: 'gone' }), { code: 'vae.unknown' });
  await assert.rejects(client.createGeneration({ ...recipe, refiner: { model: 'gone' } }), {
    code: 'model.unknown',
  });
});
