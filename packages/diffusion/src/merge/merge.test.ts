/** Merging against PyTorch's arithmetic, bit for bit (`test-data/merge`), and against everything that goes wrong. */
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { EngineError } from '../errors.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { hashFile } from '../checkpoint/hash-file.ts';
import { mergeCheckpoints } from './merge-checkpoints.ts';
import type { MergeRequest, MergeResult } from './merge-request.ts';
import { writeNewFile } from './new-file.ts';
import { openSource } from './tensor-source.ts';

const data = join(import.meta.dirname, '../../test-data/merge');
const work = mkdtempSync(join(tmpdir(), 'bottega-merge-'));
after(() => rmSync(work, { recursive: true }));

let count = 0;
function newFolder(): string {
  const folder = join(work, String(count++));
  mkdirSync(folder);
  return folder;
}

type Wishes = Partial<MergeRequest> & { readonly a: string };

const path = (name: string): string => join(data, name === 'b' ? 'b.ckpt' : `${name}.safetensors`);

/** Files by name in the data folder; the result goes into a folder of its own. */
function merged({ a, b, c, vae, ...rest }: Wishes): Promise<MergeResult> {
  return mergeCheckpoints({
    folder: newFolder(),
    a: path(a),
    ...(b !== undefined && { b: path(b) }),
    ...(c !== undefined && { c: path(c) }),
    ...(vae !== undefined && { vae: path(vae) }),
    ...rest,
  });
}

function contentOf(file: WeightFile): ReadonlyMap<string, string> {
  const bytes = readFileSync(file.path);
  return new Map(
    [...file.tensors]
      .map(([name, { type, shape, offset, length }]): [string, string] => [
        name,
        `${type} ${shape.join('x')} ${bytes.subarray(offset, offset + length).toString('hex')}`,
      ])
      .toSorted(),
  );
}

const cases: Readonly<Record<string, Wishes>> = {
  sum: { a: 'a', b: 'b' },
  'sum-half': { a: 'a', b: 'b', ratio: 0.65, half: true },
  'sum-f16': { a: 'b', b: 'c', ratio: 0.7 },
  'sum-mixed': { a: 'd', b: 'b', ratio: 0.1 },
  'sum-bf16': { a: 'd', b: 'd', ratio: 0.45 },
  difference: { a: 'a', b: 'b', c: 'c', ratio: 1, method: 'add-difference' },
  'difference-f16': { a: 'b', b: 'c', c: 'd', ratio: 0.35, method: 'add-difference' },
  inpainting: { a: 'inpaint', b: 'b', ratio: 0.5 },
  'editing-difference': { a: 'edit', b: 'b', c: 'c', ratio: 0.5, method: 'add-difference' },
  'none-half': { a: 'a', half: true },
  baked: { a: 'a', b: 'b', vae: 'vae' },
};

for (const [name, wishes] of Object.entries(cases)) {
  test(`as PyTorch computes it: ${name}`, async () => {
    const result = await merged({ ...wishes, metadata: false });
    const [actual, expected] = [
      await openWeights(result.path),
      await openWeights(join(data, `expected-${name}.safetensors`)),
    ];
    assert.deepEqual(contentOf(actual), contentOf(expected));
    assert.equal(actual.bytes, result.bytes);
    assert.deepEqual(actual.metadata, {});
  });
}

test('the name says how it was made, unless another is wished for', async () => {
  const names = await Promise.all(
    [
      { a: 'a', b: 'b' },
      { a: 'a', b: 'b', ratio: 0 },
      { a: 'a', b: 'b', ratio: 0.125 },
      { a: 'a', b: 'b', c: 'c', ratio: 1, method: 'add-difference' as const },
      { a: 'a' },
      { a: 'inpaint', b: 'b', ratio: 0.5 },
      { a: 'edit', b: 'b', ratio: 0.5, name: 'my own' },
    ].map(async (wishes) => (await merged(wishes)).name),
  );
  assert.deepEqual(names, [
    '0.7(a) + 0.3(b)',
    '1.0(a) + 0.0(b)',
    '0.88(a) + 0.12(b)',
    'a + 1.0(b - c)',
    'a',
    '0.5(inpaint) + 0.5(b).inpainting',
    'my own.instruct-pix2pix',
  ]);
});

test('the file says how it was made, and remembers how its sources were', async () => {
  const first = await merged({ a: 'a', b: 'b', name: 'first', discard: '^betas$' });
  const second = await mergeCheckpoints({
    a: first.path,
    b: join(data, 'c.safetensors'),
    folder: newFolder(),
    half: true,
  });
  const { metadata, tensors } = await openWeights(second.path);
  const recipe = JSON.parse(metadata.sd_merge_recipe) as Record<string, unknown>;
  const { sha256, autoV1 } = await hashFile(first.path);
  assert.deepEqual(
    [recipe.type, recipe.interp_method, recipe.multiplier, recipe.save_as_half, recipe.primary_model_hash],
    ['webui', 'Weighted sum', 0.3, true, sha256],
  );
  const models = JSON.parse(metadata.sd_merge_models) as Record<string, Record<string, unknown>>;
  assert.equal(Object.keys(models).length, 4, 'both sources, and both of the first');
  assert.deepEqual([models[sha256].name, models[sha256].legacy_hash], ['first.safetensors', autoV1]);
  assert.equal((models[sha256].sd_merge_recipe as Record<string, unknown>).discard_weights, '^betas$');
  assert.equal(metadata.format, 'pt');
  assert.equal(tensors.has('betas'), false);
});

test('the card and the configuration of the chosen model go with it', async () => {
  const folder = newFolder();
  for (const name of ['a', 'c'])
    copyFileSync(join(data, `${name}.safetensors`), join(folder, `${name}.safetensors`));
  const [a, b] = [join(folder, 'a.safetensors'), join(folder, 'c.safetensors')];
  writeFileSync(join(folder, 'c.yaml'), 'model: c');
  writeFileSync(join(folder, 'a.json'), '{"title":"a"}');
  const both = await mergeCheckpoints({ a, b, folder, name: 'both' });
  assert.equal(both.path, join(folder, 'both.safetensors'));
  assert.equal(readFileSync(join(folder, 'both.yaml'), 'utf8'), 'model: c');
  assert.equal(readFileSync(join(folder, 'both.json'), 'utf8'), '{"title":"a"}');
  await mergeCheckpoints({ a, b, folder, name: 'bare', configFrom: 'none' });
  assert.deepEqual(
    readdirSync(folder).filter((name) => name.startsWith('bare')),
    ['bare.safetensors'],
  );
});

test('a card that cannot be copied takes the merged model with it', async () => {
  const folder = newFolder();
  const a = join(folder, 'a.safetensors');
  copyFileSync(join(data, 'a.safetensors'), a);
  mkdirSync(join(folder, 'a.yaml'));
  writeFileSync(join(folder, 'a.json'), '{"title":"a"}');
  await refused(mergeCheckpoints({ a, folder, name: 'new' }), 'merge.unwritable', /cannot be written/);
  assert.deepEqual(readdirSync(folder).toSorted(), ['a.json', 'a.safetensors', 'a.yaml']);
});

test('progress goes from nothing to all', async () => {
  const seen: number[] = [];
  const paths = { a: join(data, 'a.safetensors'), b: join(data, 'b.ckpt') };
  await mergeCheckpoints(
    { ...paths, folder: newFolder() },
    { onProgress: (fraction) => seen.push(fraction) },
  );
  assert.deepEqual(
    seen,
    seen.toSorted((x, y) => x - y),
  );
  assert.equal(seen.at(-1), 1);
  assert.ok(seen.length > 3);
});

async function refused(work: Promise<unknown>, code: string, message: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.deepEqual([error.code, message.test(error.message)], [code, true], error.message);
    return true;
  });
}

test('what does not go together is refused by name, and nothing is written', async () => {
  const reference = join(import.meta.dirname, '../../test-data/models-reference');
  const folder = newFolder();
  const other = join(folder, 'xl.safetensors');
  writeSafetensors(other, [
    'model.diffusion_model.input_blocks.0.0.weight',
    'conditioner.embedders.1.model.token_embedding.weight',
  ]);
  const into = newFolder();
  const a = join(data, 'a.safetensors');
  const no = (rest: Partial<MergeRequest>, code: string, message: RegExp): Promise<void> =>
    refused(mergeCheckpoints({ a, folder: into, ...rest }), code, message);
  await no(
    { b: other },
    'merge.mismatch',
    /a\.safetensors \(Stable Diffusion 1\).*xl\.safetensors \(Stable Diffusion XL.*\)/,
  );
  await no({ a: other, b: a }, 'merge.mismatch', /architectures differ/);
  await no({ b: a, c: other, method: 'add-difference' }, 'merge.mismatch', /xl\.safetensors/);
  await no({ b: join(data, 'inpaint.safetensors') }, 'merge.mismatch', /give the inpainting model first/);
  await no({ b: join(data, 'edit.safetensors') }, 'merge.mismatch', /give the instruct-pix2pix model first/);
  const full = join(reference, 'models/sd1-tiny.fp16.safetensors');
  await no(
    { b: full },
    'merge.mismatch',
    /the tensor \S+ has the shape [\dx]+ in one and [\dx]+ in the other/,
  );
  await no({ vae: full }, 'merge.mismatch', /first_stage_model\.decoder\.conv_in\.weight/);
  await no({ vae: join(data, '../upscalers/bsrgan.pth') }, 'request.invalid', /^vae: .*holds no VAE/);
  await no({ a: join(data, 'vae.safetensors') }, 'checkpoint.unsupported', /a VAE/);
  await no({ b: join(data, 'nowhere') }, 'checkpoint.not-found', /nowhere/);
  await no({ method: 'weighted-sum' }, 'request.invalid', /^b: is needed/);
  await no({ b: a, method: 'add-difference' }, 'request.invalid', /^c: is needed/);
  for (const ratio of [Number.NaN, 5, -5]) await no({ b: a, ratio }, 'request.invalid', /^ratio: /);
  for (const name of ['', '../x', 'a/b', 'a\\b', '.hidden', 'con:', 'x\0', 'x'.repeat(300)]) {
    await no({ b: a, name }, 'request.invalid', /^name: must be a file name/);
  }
  await no({ discard: '(' }, 'request.invalid', /^discard: is no regular expression/);
  await no({ discard: '' }, 'request.invalid', /^discard: leaves nothing/);
  await no({ discard: 'x'.repeat(1001) }, 'request.invalid', /1000 characters/);
  assert.deepEqual(readdirSync(into), []);
});

test('an expression that would never end is stopped', async () => {
  const folder = newFolder();
  const path = join(folder, 'odd.safetensors');
  const long = `model.${'a'.repeat(60)}!`;
  writeSafetensors(path, ['model.diffusion_model.input_blocks.0.0.weight', long]);
  await refused(
    mergeCheckpoints({ a: path, folder, name: 'out', discard: '(a+)+$' }),
    'request.invalid',
    /takes too long/,
  );
});

test('a name that is taken is left alone', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'taken.safetensors'), 'precious');
  const work = mergeCheckpoints({ a: join(data, 'a.safetensors'), folder, name: 'taken' });
  await refused(work, 'merge.exists', /taken\.safetensors exists/);
  assert.equal(readFileSync(join(folder, 'taken.safetensors'), 'utf8'), 'precious');
  assert.deepEqual(readdirSync(folder), ['taken.safetensors']);
});

test('a cancelled merge leaves nothing behind', async () => {
  const folder = newFolder();
  for (const metadata of [false, true]) {
    const controller = new AbortController();
    const onProgress = (fraction: number): void => {
      if (fraction > (metadata ? 0 : 0.5)) controller.abort();
    };
    const work = mergeCheckpoints(
      { a: join(data, 'a.safetensors'), b: join(data, 'b.ckpt'), folder, metadata },
      { signal: controller.signal, onProgress },
    );
    await assert.rejects(work, { code: 'generation.cancelled' });
  }
  assert.deepEqual(readdirSync(folder), []);
});

test('a disk that fills during a merge is told, and nothing is left behind', async () => {
  const folder = newFolder();
  const path = join(folder, 'new.safetensors');
  const full = writeNewFile(path, 10, async (write) => {
    await write(new Uint8Array(5));
    assert.equal(readdirSync(folder).length, 1);
    throw Object.assign(new Error('write'), { code: 'ENOSPC' });
  });
  await refused(full, 'merge.no-room', /no room in .* of 1 MiB/);
  await refused(
    writeNewFile(path, 2 ** 60, () => assert.fail('nothing is written')),
    'merge.no-room',
    /no room/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

test('a disk that takes a part of what it is given gets the rest', async (t) => {
  const folder = newFolder();
  await using probe = await open(join(folder, 'probe'), 'w');
  type Whole = (piece: Uint8Array, at: number, length: number) => ReturnType<FileHandle['write']>;
  const handle = Object.getPrototypeOf(probe) as { write: Whole };
  const whole = handle.write;
  t.mock.method(handle, 'write', function part(this: unknown, piece: Uint8Array, at: number = 0) {
    return whole.call(this, piece, at, Math.min(3, piece.length - at));
  });
  const path = join(folder, 'new.safetensors');
  await writeNewFile(path, 10, (write) => write(Uint8Array.from({ length: 10 }, (_, i) => i)));
  assert.deepEqual([...readFileSync(path)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a name that is taken while the merge runs is left alone', async () => {
  const folder = newFolder();
  const path = join(folder, 'new.safetensors');
  const work = writeNewFile(path, 1, async (write) => {
    await write(Uint8Array.of(1));
    writeFileSync(path, 'precious');
  });
  await refused(work, 'merge.exists', /exists/);
  assert.deepEqual([readdirSync(folder), readFileSync(path, 'utf8')], [['new.safetensors'], 'precious']);
});

test('what a killed merge left is swept away, what a living one writes is not', async () => {
  const folder = newFolder();
  const gone = 2 ** 22 + 1;
  writeFileSync(join(folder, `.x.safetensors.${gone}.merging`), 'half');
  writeFileSync(join(folder, `.y.safetensors.${process.ppid}.merging`), 'half');
  await writeNewFile(join(folder, 'new.safetensors'), 1, (write) => write(Uint8Array.of(1)));
  assert.deepEqual(readdirSync(folder), [`.y.safetensors.${process.ppid}.merging`, 'new.safetensors']);
});

test('tensors are read where they lie: in a file of a folder, or in memory', async () => {
  const folder = newFolder();
  for (const name of ['unet', 'vae']) writeFileSync(join(folder, name), `--${name}`);
  const stored = { type: 'u8', shape: [4], offset: 2, length: 4 } as const;
  const file: WeightFile = { path: folder, isFolder: true, bytes: 0, tensors: new Map(), metadata: {} };
  await using source = openSource(file);
  const read = async (from: object): Promise<string> =>
    Buffer.from(await source.read({ ...stored, ...from }, 1, 2)).toString();
  assert.equal(await read({ path: join(folder, 'unet') }), 'ne');
  assert.equal(await read({ path: join(folder, 'vae') }), 'ae');
  assert.equal(await read({ bytes: Buffer.from('memory') }), 'em');
  await refused(read({ path: join(folder, 'gone') }), 'checkpoint.unreadable', /gone/);
  await refused(read({ path: join(folder, 'vae'), offset: 5 }), 'checkpoint.unreadable', /shorter/);
});

/** A file of tensors of one float each. */
function writeSafetensors(path: string, names: readonly string[]): void {
  const entries = names.map((name, i) => {
    const isFirst = name.endsWith('input_blocks.0.0.weight');
    return [
      name,
      { dtype: 'F32', shape: isFirst ? [1, 1, 1, 1] : [1], data_offsets: [4 * i, 4 * i + 4] },
    ] as const;
  });
  const json = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path, Buffer.concat([length, json, Buffer.alloc(4 * names.length)]));
}
