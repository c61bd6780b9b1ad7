/** LoRA, embeddings and hypernetworks through A1111's API, drawn by the real engine. */
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { adapterListSchema, sdapi } from '@bottega/contract';
import {
  callApi,
  type CallApi,
  freshDataFolder,
  startTestServer,
  type TestServer,
  writeSafetensors,
} from '@bottega/testing';

let server: TestServer;
let call: CallApi;
let dataFolder: string;
before(async () => {
  dataFolder = await freshDataFolder();
  for (const folder of ['models/Lora', 'models/hypernetworks', 'embeddings', 'scratch/left'])
    mkdirSync(join(dataFolder, folder), { recursive: true });
  const layer = { 'lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.diff': [32, 32] };
  const metadata = { ss_output_name: 'Ink Wash', ss_tag_frequency: '{"a": {"ink": 3}}', ss_epoch: '4' };
  writeSafetensors(join(dataFolder, 'models/Lora/ink.safetensors'), layer, metadata);
  writeSafetensors(join(dataFolder, 'embeddings/sepia.safetensors'), { emb_params: [2, 768] });
  writeSafetensors(join(dataFolder, 'embeddings/tiny-style.safetensors'), { emb_params: [3, 32] });
  writeFileSync(join(dataFolder, 'models/hypernetworks/anime.pt'), '');
  server = await startTestServer({ engine: 'real', dataFolder });
  call = callApi(server.url);
});
after(async () => {
  await server.stop();
  rmSync(dirname(dataFolder), { recursive: true, force: true });
});

test('what is installed is listed as A1111 lists it', async () => {
  const loras = sdapi.loraListSchema.parse((await call('/sdapi/v1/loras')).body);
  const path = join(dataFolder, 'models/Lora/ink.safetensors');
  const metadata = { ss_output_name: 'Ink Wash', ss_tag_frequency: { a: { ink: 3 } }, ss_epoch: '4' };
  assert.deepEqual(loras, [{ name: 'ink', alias: 'Ink Wash', path, metadata }]);
  const { loaded, skipped } = sdapi.embeddingsSchema.parse((await call('/sdapi/v1/embeddings')).body);
  const unknown = { step: null, sd_checkpoint: null, sd_checkpoint_name: null };
  assert.deepEqual(loaded, { sepia: { ...unknown, shape: 768, vectors: 2 } });
  assert.deepEqual(skipped, { 'tiny-style': { ...unknown, shape: 32, vectors: 3 } });
  const hypernetworks = sdapi.hypernetworkListSchema.parse((await call('/sdapi/v1/hypernetworks')).body);
  assert.deepEqual(
    hypernetworks.map(({ name }) => name),
    ['anime'],
  );
  for (const what of ['loras', 'embeddings']) {
    const { status, body } = await call(`/sdapi/v1/refresh-${what}`, {});
    assert.deepEqual([status, body], [200, null]);
  }
});

test('our own API says more of them', async () => {
  const { adapters } = adapterListSchema.parse((await call('/api/v1/adapters')).body);
  assert.deepEqual(
    adapters.map(({ kind, name, methods, tokens, architecture }) => [
      kind,
      name,
      methods,
      tokens,
      architecture,
    ]),
    [
      ['lora', 'ink', ['full'], undefined, undefined],
      ['embedding', 'sepia', undefined, 2, 'sd1'],
      ['embedding', 'tiny-style', undefined, 3, undefined],
      ['hypernetwork', 'anime', undefined, undefined, undefined],
    ],
  );
});

test('prompts name them, and the infotext says which', async () => {
  const small = { steps: 1, width: 64, height: 64, seed: 5 };
  const draw = async (prompt: string) => {
    const { status, body } = await call('/sdapi/v1/txt2img', { ...small, prompt });
    assert.equal(status, 200, JSON.stringify(body));
    const { images, info } = sdapi.generationResponseSchema.parse(body);
    return { image: images[0], infotext: sdapi.generationInfoSchema.parse(JSON.parse(info)).infotexts[0] };
  };
  const plain = await draw('a lamp');
  const inked = await draw('a lamp <lora:Ink Wash:2> tiny-style');
  assert.notEqual(inked.image, plain.image);
  assert.match(inked.infotext, /^a lamp <lora:Ink Wash:2> tiny-style\n/);
  assert.match(
    inked.infotext,
    /Lora hashes: "Ink Wash: [0-9a-f]{12}", TI hashes: "tiny-style: [0-9a-f]{12}"/,
  );
  assert.doesNotMatch(plain.infotext, /hashes/);
  const [changed, ...others] = readdirSync(join(dataFolder, 'scratch'));
  assert.match(changed, /^bottega-weights-/, 'changed weights lie in the data folder, and nothing of before');
  assert.deepEqual(others, []);
});
