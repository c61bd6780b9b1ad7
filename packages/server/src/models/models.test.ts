import assert from 'node:assert/strict';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { AppError } from '@bottega/contract';
import { autoV1Of } from '@bottega/diffusion';
import { writeTinyCheckpoint } from '@bottega/testing';
import { createLogger } from '../log/logger.ts';
import type { FileHashes } from './file-hashes.ts';
import { createModels, type Models } from './models.ts';
import { createVaes } from './vaes.ts';

const pickles = join(import.meta.dirname, '../../../diffusion/test-data/models-reference/pickle');

const log = createLogger({ level: 'error', format: 'json' });
let root: string;
let changes = 0;
let models: Models;

/** In memory, and counting. */
function hashesOf(computed: string[]): FileHashes {
  const known = new Map<string, string>();
  return {
    known: async () => known,
    compute: async (file) => {
      computed.push(file.name);
      known.set(file.path, '0123456789abcdef'.repeat(4));
      return known.get(file.path) as string;
    },
  };
}

const computed: string[] = [];
before(async () => {
  root = mkdtempSync(join(tmpdir(), 'bottega-models-'));
  for (const folder of ['own/deep/er', 'extra', 'outside'])
    mkdirSync(join(root, folder), { recursive: true });
  writeTinyCheckpoint(join(root, 'own/deep/er/tree.safetensors'));
  writeTinyCheckpoint(join(root, 'extra/Tree.safetensors'), { seed: 1 });
  writeTinyCheckpoint(join(root, 'extra/tree.safetensors'), { seed: 2 });
  writeTinyCheckpoint(join(root, 'outside/linked.safetensors'), { seed: 3 });
  symlinkSync(join(root, 'outside/linked.safetensors'), join(root, 'own/linked.safetensors'));
  symlinkSync(join(root, 'own'), join(root, 'own/loop'));
  symlinkSync(join(root, 'gone.safetensors'), join(root, 'own/dangling.safetensors'));
  writeFileSync(join(root, 'own/.hidden.safetensors'), '');
  writeFileSync(join(root, 'own/notes.txt'), '');
  writeFileSync(join(root, 'own/a-empty.safetensors'), '');
  writeTinyCheckpoint(join(root, 'own/a-cut.safetensors'));
  truncateSync(join(root, 'own/a-cut.safetensors'), 1_000_000);
  copyFileSync(join(pickles, 'hostile-os-system.ckpt'), join(root, 'own/z-hostile.ckpt'));
  mkdirSync(join(root, 'extra/sd.v1/unet'), { recursive: true });
  writeFileSync(join(root, 'extra/sd.v1/model_index.json'), '{}');
  writeFileSync(join(root, 'extra/sd.v1/unet/model.safetensors'), 'weights');
  mkdirSync(join(root, 'own/VAE'));
  for (const name of ['VAE/soft.pt', 'VAE/soft.safetensors', 'tree.vae.pt']) {
    writeFileSync(join(root, 'own', name), '');
  }
  writeFileSync(join(root, 'own/tree.json'), '{"defaults":{"steps":8}}');
  writeFileSync(join(root, 'extra/tree.json'), '{"title":"A tree","license":"CC0","defaults":{"steps":8}}');
  const folders = [join(root, 'own'), join(root, 'extra'), join(root, 'missing')];
  models = createModels(folders, hashesOf(computed), () => changes++, log);
  await models.refresh();
  await models.hashed();
});
after(() => rmSync(root, { recursive: true, force: true }));

test('files are found in folders and through links to files, each name once', () => {
  const names = models.list().map((model) => model.name);
  assert.ok(['a-cut', 'a-empty', 'linked', 'tree', 'Tree', 'tree (2)'].every((name) => names.includes(name)));
  assert.equal(new Set(names).size, names.length);
  assert.ok(!names.some((name) => /hidden|dangling|notes/.test(name)));
});

test('pickles are listed, and refused where they hold more than weights', () => {
  const { fileName, problem } = models.list().find(({ name }) => name === 'z-hostile')!;
  assert.equal(fileName, 'z-hostile.ckpt');
  assert.match(problem ?? '', /Nothing of it was run/);
});

test('a folder of diffusers is one model, and what is in it none', () => {
  const found = models.list().filter(({ name }) => /^(sd\.v1|model)/.test(name));
  assert.deepEqual(
    found.map(({ name, title, bytes }) => [name, title, bytes]),
    [['sd.v1', 'sd.v1', 7]],
  );
});

test('VAEs are no models: they are found in their folder, by name, and beside models', async () => {
  assert.ok(!models.list().some(({ name }) => /soft|\.vae/.test(name)));
  const vaes = createVaes([join(root, 'own'), join(root, 'extra')]);
  const names = (await vaes.list()).map(({ fileName }) => fileName);
  assert.deepEqual(names, ['soft.pt', 'soft.safetensors', 'tree.vae.pt']);
  assert.equal((await vaes.find('SOFT.safetensors')).fileName, 'soft.safetensors');
  assert.equal((await vaes.find('soft')).fileName, 'soft.safetensors');
  await assert.rejects(vaes.find('../tree'), { code: 'vae.unknown', message: /Installed: soft\.pt/ });
  assert.equal((await vaes.beside(join(root, 'own/tree.safetensors')))?.fileName, 'tree.vae.pt');
  assert.equal(await vaes.beside(join(root, 'extra/tree.safetensors')), undefined);
});

test('broken files are listed with what is wrong with them, and are not the default', () => {
  const byName = new Map(models.list().map((model) => [model.name, model]));
  assert.match(byName.get('a-cut')?.problem ?? '', /a-cut.*ends too early/);
  assert.ok((byName.get('a-empty')?.problem ?? '').length > 10);
  assert.equal(models.find().name, models.list().find((model) => model.problem === undefined)?.name);
  assert.throws(
    () => models.find('a-cut'),
    (error) => error instanceof AppError && /ends too early/.test(error.message),
  );
});

test('a card gives defaults, title and licence; A1111 gives the rest', () => {
  const model = models.list().find((one) => one.license !== undefined);
  assert.deepEqual([model?.description, model?.license], ['A tree', 'CC0']);
  assert.deepEqual(model?.defaults, {
    steps: 8,
    cfgScale: 7,
    sampler: 'DPM++ 2M',
    scheduler: 'Automatic',
    width: 512,
    height: 512,
  });
});

test('a model goes by its names and hashes', () => {
  const sha256 = '0123456789abcdef'.repeat(4);
  for (const name of [
    'linked',
    'LINKED',
    'linked.safetensors',
    'linked.safetensors [0123456789]',
    'linked [0123456789]',
  ]) {
    assert.equal(models.find(name).name, 'linked');
  }
  assert.equal(models.find(sha256).sha256, sha256);
  assert.equal(models.find('0123456789').sha256, sha256);
});

test('a model goes by the hash that pictures of 2022 have', async () => {
  const autoV1 = await autoV1Of(models.pathOf('linked'));
  assert.match(autoV1, /^[0-9a-f]{8}$/);
  for (const name of [autoV1, autoV1.toUpperCase(), `linked [${autoV1}]`]) {
    assert.equal(models.find(name).name, 'linked');
  }
});

for (const name of [
  '../own/linked',
  'own/linked',
  '/etc/passwd',
  'link',
  '',
  'undefined',
  'linked.safetensors [undefined]',
]) {
  test(`"${name}" is no name of a model`, () => {
    assert.throws(
      () => models.find(name),
      (error) => error instanceof AppError && error.code === 'model.unknown',
    );
  });
}

test('a path is given for listed names only', () => {
  assert.equal(models.pathOf('linked'), join(root, 'own/linked.safetensors'));
  assert.throws(() => models.pathOf('../outside/linked'), AppError);
});

test('a second look hashes only what is new', async () => {
  computed.length = 0;
  const before = changes;
  writeTinyCheckpoint(join(root, 'extra/new.safetensors'), { seed: 4 });
  utimesSync(join(root, 'extra/new.safetensors'), 1, 1);
  await models.refresh();
  await models.hashed();
  assert.deepEqual(computed, ['new']);
  assert.ok(changes > before);
});

test('without any usable model it says where to put one', async () => {
  const empty = createModels([join(root, 'missing')], hashesOf([]), () => {}, log);
  await empty.refresh();
  assert.throws(
    () => empty.find(),
    (error) => error instanceof AppError && error.code === 'model.none' && error.message.includes('missing'),
  );
});
