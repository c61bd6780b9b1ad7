import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { createControlNets } from './control-nets.ts';

const root = mkdtempSync(join(tmpdir(), 'bottega-control-nets-'));
after(() => rmSync(root, { recursive: true }));

function put(path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), path);
}

put('own/ControlNet/canny.pth');
put('own/ControlNet/notes.txt');
put('a1111/models/ControlNet/sd15/control_v11p_sd15_canny.safetensors');
put('a1111/models/ControlNet/canny.pth');
put('a1111/models/Stable-diffusion/model.safetensors');
put('a1111/extensions/sd-webui-controlnet/models/tile.pth');

const names = async (...folders: string[]): Promise<readonly string[]> =>
  (await createControlNets(folders.map((folder) => join(root, folder))).list()).map(({ name }) => name);

test('folders of models, of an A1111 and of its extension are looked through', async () => {
  assert.deepEqual(await names('own'), ['canny']);
  const all = ['canny', 'control_v11p_sd15_canny', 'tile'];
  assert.deepEqual(await names('a1111/models'), all);
  assert.deepEqual(await names('a1111/models/Stable-diffusion'), all);
  assert.deepEqual(await names('own', 'a1111/models'), ['canny', 'canny (2)', ...all.slice(1)]);
  assert.deepEqual(await names('nowhere'), []);
});

test('one goes by its title, its name, or a part of it, the shortest first', async () => {
  const controlNets = createControlNets([join(root, 'a1111/models')]);
  const [, long] = await controlNets.list();
  assert.match(long.title, /^control_v11p_sd15_canny \[[0-9a-f]{8}\]$/);
  for (const [wanted, name] of [
    [long.title, long.name],
    ['CONTROL_v11p_sd15_canny', long.name],
    ['sd15', long.name],
    ['can', 'canny'],
  ]) {
    assert.equal((await controlNets.find(wanted)).name, name, wanted);
  }
});

test('what is not there is named, with what is or where to put it', async () => {
  const controlNets = createControlNets([join(root, 'own')]);
  await assert.rejects(controlNets.find('depth'), { code: 'control-net.unknown', message: /"depth".*canny/ });
  await assert.rejects(controlNets.find(''), { code: 'control-net.unknown' });
  await assert.rejects(createControlNets([join(root, 'empty')]).find('x'), { message: /empty\/ControlNet/ });
});
