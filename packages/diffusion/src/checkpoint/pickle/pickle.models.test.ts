/** Checkpoints of PyTorch that must load, and those that must not; `facts/pickle.json` says which and why. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import { keptModelsFolder, modelsFolder, overridesOf } from '@bottega/testing';
import { EngineError } from '../../errors.ts';
import { networksOf } from '../../runtime/networks.ts';
import { openWeights } from '../open-weights.ts';
import type { StoredTensor, WeightFile } from '../weight-file.ts';
import { stateDict, torchArchive } from './torch-archive.ts';

type Case = {
  readonly file: string;
  readonly must_be: string;
  /** "Exception: global 'posix/system' is forbidden" */
  readonly a1111_error?: string | null;
};

const facts = JSON.parse(readFileSync(join(modelsFolder, 'facts/pickle.json'), 'utf8')) as {
  readonly cases: readonly Case[];
  readonly marker_file: string;
};
const folder = mkdtempSync(join(tmpdir(), 'bottega-pickle-models-'));
after(() => rmSync(folder, { recursive: true }));
const before = readdirSync(process.cwd());

for (const { file, must_be: wanted, a1111_error: refusal } of facts.cases) {
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
        const forbidden = /global '(?:.+\.)?([^']+)\/([^']+)' is forbidden/.exec(refusal ?? '');
        const codes =
          forbidden !== null || /Multiple|bad file/.test(refusal ?? '')
            ? ['checkpoint.unsafe']
            : ['checkpoint.unsafe', 'checkpoint.truncated', 'checkpoint.malformed'];
        assert.ok(codes.includes(error.code), error.message);
        // By its name, which differs between versions of Python in the module alone: `__builtin__` and `builtins`.
        if (forbidden) assert.match(error.message, new RegExp(`[. ]${forbidden[2]}\\b`));
        return true;
      });
      assert.ok(!existsSync(facts.marker_file));
      assert.deepEqual(readdirSync(process.cwd()), before, 'nothing was written');
    });
  }
}

/** Checkpoints that are there in both forms; the repository keeps one of them, and the other is made. */
const pathOf = (name: string): string => join(modelsFolder, 'models', name);
const models = readdirSync(join(modelsFolder, 'models'));
const pairs = models
  .filter((name) => name.endsWith('.ckpt'))
  .map((name) => [name.replace(/ckpt$/, 'safetensors'), name] as const)
  .filter(([twin]) => models.includes(twin));
const made = ['sd1-tiny.fp16.safetensors', undefined] as const;

for (const [twinName, pickledName] of pairs.length > 0 ? pairs : [made]) {
  test(`${twinName} as a .ckpt has the same weights and encodes the same text`, async () => {
    const folderOfTwin = pickledName === undefined ? join(keptModelsFolder, 'models') : undefined;
    const twin = await openWeights(folderOfTwin ? join(folderOfTwin, twinName) : pathOf(twinName));
    const pickled = await openWeights(pickledName === undefined ? rewritten(twin) : pathOf(pickledName));
    for (const name of twin.tensors.keys()) assertSame(pickled, name, twin, name);

    const options = { threads: 1, overrides: overridesOf(twinName) };
    const tokens = [[598, ...Array.from({ length: 76 }, (_, i) => (i * 7) % 600)]];
    const encode = async (file: WeightFile): Promise<Float32Array> => {
      await using networks = networksOf(file, file, options);
      return (await networks.textEncoders[0](tokens, 1)).hidden.data;
    };
    assert.deepEqual(await encode(pickled), await encode(twin));
  });
}

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
