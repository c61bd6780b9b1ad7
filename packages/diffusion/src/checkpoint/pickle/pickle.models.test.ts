/** Checkpoints of PyTorch that must load, and those that must not; `facts/pickle.json` says which and why. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { modelsFolder, readRawFacts } from '@bottega/testing';
import { EngineError } from '../../errors.ts';
import { networksOf } from '../../runtime/networks.ts';
import { openWeights } from '../open-weights.ts';
import type { StoredTensor, WeightFile } from '../weight-file.ts';
import { stateDict, torchArchive } from './torch-archive.ts';

type Case = { readonly file: string; readonly must_be: string };

const facts = JSON.parse(readFileSync(join(modelsFolder, 'facts/pickle.json'), 'utf8')) as {
  readonly cases: readonly Case[];
  readonly marker_file: string;
};
const folder = mkdtempSync(join(tmpdir(), 'bottega-pickle-models-'));
after(() => rmSync(folder, { recursive: true }));
const before = readdirSync(process.cwd());

for (const { file, must_be: wanted } of facts.cases) {
  const path = join(modelsFolder, 'pickle', file);

  if (wanted === 'loadable') {
    test(`${file} has the tensors that were saved`, async () => {
      const expected = await openWeights(join(modelsFolder, 'facts/pickle.facts.safetensors'));
      const group = file.includes('views') ? 'views/' : 'sd/';
      const opened = await openWeights(path);
      const names = [...expected.tensors.keys()].filter((name) => name.startsWith(group));
      assert.deepEqual([...opened.tensors.keys()].toSorted(), names.map((name) => basename(name)).toSorted());
      for (const name of names) assertSame(opened, basename(name), expected, name);
    });
  } else {
    test(`${file} is refused`, async () => {
      await assert.rejects(openWeights(path), (error) => {
        assert.ok(error instanceof EngineError, String(error));
        const codes = /^hostile-(?!truncated)/.test(file)
          ? ['checkpoint.unsafe']
          : ['checkpoint.truncated', 'checkpoint.malformed'];
        assert.ok(codes.includes(error.code), error.message);
        return true;
      });
      assert.ok(!existsSync(facts.marker_file));
      assert.deepEqual(readdirSync(process.cwd()), before, 'nothing was written');
    });
  }
}

test('a .ckpt draws what the same weights draw as safetensors', async () => {
  const twin = await openWeights(join(modelsFolder, 'models/sd1-tiny.fp16.safetensors'));
  const original = join(modelsFolder, 'models/sd1-tiny.fp16.ckpt');
  const pickled = await openWeights(existsSync(original) ? original : rewritten(twin));
  for (const name of twin.tensors.keys()) assertSame(pickled, name, twin, name);

  const { unet, clip_l: text } = readRawFacts().models['sd1-tiny'];
  const options = { threads: 1, overrides: { unetHeads: unet.num_heads, textHeads: text?.heads } };
  const tokens = [[598, ...Array.from({ length: 76 }, (_, i) => (i * 7) % 600)]];
  const encode = async (file: WeightFile): Promise<Float32Array> => {
    await using networks = networksOf(file, file, options);
    return (await networks.textEncoders[0](tokens, 1)).hidden.data;
  };
  assert.deepEqual(await encode(pickled), await encode(twin));
});

/** The tensors of a file as `torch.save` would write them. */
function rewritten(file: WeightFile): string {
  const all = [...file.tensors];
  const saved = all.map(([name, { type, shape }], i) => {
    const count = shape.reduce((product, extent) => product * extent, 1);
    return [name, { type, shape, count, key: String(i) }] as const;
  });
  const storages = all.map(([, stored], i) => [String(i), bytesOf(file, stored)] as const);
  const path = join(folder, 'twin.ckpt');
  writeFileSync(path, torchArchive(stateDict(new Map(saved)), new Map(storages)));
  return path;
}

function assertSame(actual: WeightFile, name: string, expected: WeightFile, expectedName: string): void {
  const [one, other] = [actual.tensors.get(name), expected.tensors.get(expectedName)];
  assert.ok(one && other, name);
  assert.deepEqual([one.type, one.shape], [other.type, other.shape], name);
  assert.ok(bytesOf(actual, one).equals(bytesOf(expected, other)), name);
}

const contents = new Map<string, Buffer>();
function bytesOf({ path }: WeightFile, { offset, length, bytes }: StoredTensor): Buffer {
  if (bytes !== undefined) return Buffer.from(bytes);
  const content = contents.get(path) ?? readFileSync(path);
  contents.set(path, content);
  return content.subarray(offset, offset + length);
}
