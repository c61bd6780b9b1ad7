import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeSafetensors } from '@bottega/testing';
import { scanModels } from '../models/scan.ts';
import { createAdapters } from './adapters.ts';

const root = mkdtempSync(join(tmpdir(), 'bottega-installed-'));
after(() => rmSync(root, { recursive: true }));
const models = join(root, 'models');
for (const folder of [
  'models/Lora/styles',
  'models/LyCORIS',
  'models/hypernetworks',
  'models/embeddings',
  'embeddings',
])
  mkdirSync(join(root, folder), { recursive: true });

function write(path: string, tensors: Readonly<Record<string, readonly number[]>>, metadata = {}): void {
  writeSafetensors(join(root, path), tensors, metadata);
}

const layer = { 'lora_unet_mid_block_attentions_0_proj_in.diff': [4, 4] };
write('models/Lora/ink.safetensors', layer, {
  ss_output_name: 'Ink Wash',
  ss_tag_frequency: '{"a": {"ink": 3}}',
});
write('models/Lora/styles/oil.safetensors', layer, { ss_output_name: 'shared' });
write('models/LyCORIS/tempera.safetensors', layer, { ss_output_name: 'shared' });
write('models/Lora/.hidden.safetensors', layer);
writeFileSync(join(models, 'Lora/broken.safetensors'), 'no');
write('models/embeddings/sepia.safetensors', { emb_params: [2, 768] });
write('embeddings/noir.safetensors', { clip_l: [1, 768], clip_g: [1, 1280] });
writeFileSync(join(models, 'hypernetworks/anime.pt'), '');
writeFileSync(join(root, 'secret.safetensors'), '');
symlinkSync(join(root, 'models'), join(models, 'Lora/loop'));

const adapters = createAdapters([models]);
const find = async (name: string): Promise<string | undefined> =>
  (await (await adapters.lookup()).lora?.(name))?.path.slice(models.length + 1);

test('adapters are found in folders of their kind, and are no checkpoints', async () => {
  const loras = await adapters.loras();
  assert.deepEqual(new Set(loras.map(({ name }) => name)).size, loras.length);
  assert.ok(['broken', 'ink', 'oil', 'tempera'].every((name) => loras.some((lora) => lora.name === name)));
  assert.match(loras.find(({ name }) => name === 'broken')?.problem ?? '', /broken\.safetensors/);
  assert.deepEqual(
    (await adapters.embeddings()).map(({ name, info }) => [name, info?.architecture]),
    [
      ['sepia', 'sd1'],
      ['noir', 'sdxl'],
    ],
  );
  assert.deepEqual(
    (await adapters.hypernetworks()).map(({ name }) => name),
    ['anime'],
  );
  assert.deepEqual(await scanModels([models]), []);
});

test('prompts call them by name or by what the file says of itself, as A1111 does', async () => {
  assert.equal(await find('ink'), 'Lora/ink.safetensors');
  assert.equal(await find('Ink Wash'), 'Lora/ink.safetensors');
  assert.equal(await find('oil'), 'Lora/styles/oil.safetensors');
  assert.equal(await find('tempera'), 'LyCORIS/tempera.safetensors');
  assert.equal(await find('shared'), undefined, 'two files say so of themselves');
});

test('no name is a path', async () => {
  for (const name of [
    '../../secret',
    'Lora/ink',
    join(models, 'Lora/ink'),
    '.hidden',
    '',
    'styles/oil',
    '__proto__',
  ]) {
    assert.equal(await find(name), undefined, name);
  }
});

test('a file that comes later is found by the next job', async () => {
  assert.equal(await find('late'), undefined);
  write('models/Lora/late.safetensors', layer);
  assert.equal(await find('late'), 'Lora/late.safetensors');
});
