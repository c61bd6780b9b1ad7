import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { writeTinyCheckpoint } from '@bottega/testing';
import * as fc from 'fast-check';
import { EngineError } from '../errors.ts';
import { openWeights } from './open-weights.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-safetensors-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
function written(...parts: readonly (string | Uint8Array)[]): string {
  const path = join(folder, `${count++}.safetensors`);
  writeFileSync(
    path,
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part))),
  );
  return path;
}

function lengthOf(value: bigint | number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** A file with this header and so many bytes of data. */
function file(header: string | object, data = 0): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  return written(lengthOf(json.length), json, new Uint8Array(data));
}

const one = (dtype: unknown, shape: unknown, offsets: unknown): object => ({
  a: { dtype, shape, data_offsets: offsets },
});

test('a header gives names, types, shapes and places', async () => {
  const path = file(
    {
      __metadata__: { format: 'pt' },
      b: { dtype: 'F16', shape: [3], data_offsets: [8, 14] },
      a: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
      empty: { dtype: 'I64', shape: [0, 5], data_offsets: [8, 8] },
      scalar: { dtype: 'BF16', shape: [], data_offsets: [14, 16] },
    },
    16,
  );
  const { tensors, metadata, bytes } = await openWeights(path);
  const start = bytes - 16;
  assert.deepEqual(metadata, { format: 'pt' });
  assert.deepEqual(Object.fromEntries(tensors), {
    b: { type: 'f16', shape: [3], offset: start + 8, length: 6 },
    a: { type: 'f32', shape: [1, 2], offset: start, length: 8 },
    empty: { type: 'i64', shape: [0, 5], offset: start + 8, length: 0 },
    scalar: { type: 'bf16', shape: [], offset: start + 14, length: 2 },
  });
});

test('names that mean something to JavaScript are names like others', async () => {
  const path = file('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1);
  assert.deepEqual([...(await openWeights(path)).tensors.keys()], ['__proto__']);
});

const refused: readonly (readonly [what: string, path: () => string, code: string, message: RegExp])[] = [
  ['an empty file', () => written(), 'truncated', /it has 0 bytes/],
  ['a file shorter than its length field', () => written('1234'), 'truncated', /it has 4 bytes/],
  [
    'a header longer than the file',
    () => written(lengthOf(1000), '{}'),
    'truncated',
    /header should have 1000 bytes/,
  ],
  [
    'a header of 2^64 - 1 bytes',
    () => written(lengthOf(2n ** 64n - 1n), '{}'),
    'malformed',
    /18446744073709551615/,
  ],
  [
    'a header of 100 MB',
    () => written(lengthOf(100_000_000), '{}'),
    'malformed',
    /header claims 100000000 bytes/,
  ],
  ['a header that is not JSON', () => file('{"a":'), 'malformed', /not JSON/],
  [
    'a header that is not UTF-8',
    () => written(lengthOf(3), new Uint8Array([0x7b, 0xff, 0x7d])),
    'malformed',
    /not JSON/,
  ],
  ['brackets without end', () => file('['.repeat(1_000_000)), 'malformed', /not JSON/],
  ['a header that is a list', () => file('[]'), 'malformed', /not a table/],
  ['a header behind blanks', () => file('  {}'), 'malformed', /not a table/],
  ['metadata that are no texts', () => file({ __metadata__: { a: 1 } }), 'malformed', /__metadata__/],
  ['a tensor without description', () => file({ a: 3 }), 'malformed', /"a" has no description/],
  ['an unknown type', () => file(one('F128', [1], [0, 16]), 16), 'malformed', /unknown type "F128"/],
  ['a type found on every object', () => file(one('toString', [1], [0, 1]), 1), 'malformed', /unknown type/],
  ['a negative extent', () => file(one('U8', [-1], [0, 1]), 1), 'malformed', /no valid shape/],
  ['a fractional extent', () => file(one('U8', [1.5], [0, 1]), 1), 'malformed', /no valid shape/],
  ['an extent that is no number', () => file(one('U8', ['1'], [0, 1]), 1), 'malformed', /no valid shape/],
  [
    'an infinite extent',
    () => file('{"a":{"dtype":"U8","shape":[1e999],"data_offsets":[0,1]}}', 1),
    'malformed',
    /no valid shape/,
  ],
  [
    'a shape of a thousand axes',
    () => file(one('U8', Array(1000).fill(1), [0, 1]), 1),
    'malformed',
    /no valid shape/,
  ],
  [
    'a shape whose size overflows',
    () => file(one('F32', [2 ** 31, 2 ** 31], [0, 4]), 4),
    'malformed',
    /has 4 bytes/,
  ],
  [
    'a shape that wraps round to its length',
    () => file(one('U8', [2 ** 32, 2 ** 32], [0, 0])),
    'malformed',
    /has 0 bytes/,
  ],
  [
    'a length that is not the shape’s',
    () => file(one('F32', [2], [0, 4]), 4),
    'malformed',
    /has 4 bytes where its shape 2 needs 8/,
  ],
  ['offsets in reverse', () => file(one('U8', [0], [1, 0]), 1), 'malformed', /no valid offsets/],
  ['three offsets', () => file(one('U8', [1], [0, 1, 2]), 2), 'malformed', /no valid offsets/],
  [
    'offsets beyond exact integers',
    () => file(one('U8', [1], [2 ** 53, 2 ** 53 + 2]), 1),
    'malformed',
    /no valid offsets/,
  ],
  ['offsets past the end', () => file(one('U8', [9], [0, 9]), 8), 'truncated', /its tensors take/],
  ['bytes after the last tensor', () => file(one('U8', [1], [0, 1]), 2), 'malformed', /1 bytes follow/],
  [
    'tensors that overlap',
    () =>
      file(
        {
          a: { dtype: 'U8', shape: [4], data_offsets: [0, 4] },
          b: { dtype: 'U8', shape: [4], data_offsets: [2, 6] },
        },
        6,
      ),
    'malformed',
    /"b" overlaps another/,
  ],
  ['a gap before a tensor', () => file(one('U8', [1], [1, 2]), 2), 'malformed', /"a" follows a gap/],
  [
    'two tensors of one name',
    () =>
      file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"\\u0061":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
        1,
      ),
    'malformed',
    /two entries "a"/,
  ],
  [
    'two shapes of one tensor',
    () => file('{"a":{"dtype":"U8","shape":[1],"shape":[1],"data_offsets":[0,1]}}', 1),
    'malformed',
    /two entries "shape"/,
  ],
  [
    'the beginning of a zip archive',
    () => written('PK\x03\x04', new Uint8Array(100)),
    'truncated',
    /table of contents is not there/,
  ],
  ['a web page', () => written('<!DOCTYPE html><html></html>'), 'unsupported', /a web page/],
  [
    'a Git LFS pointer',
    () => written('version https://git-lfs.github.com/spec/v1\n'),
    'unsupported',
    /Git LFS/,
  ],
  ['a file that is not there', () => join(folder, 'none'), 'not-found', /does not exist/],
  ['a folder', () => folder, 'unsupported', /model_index\.json/],
];

for (const [what, path, code, message] of refused) {
  test(`${what} is refused`, async () => {
    await assert.rejects(openWeights(path()), (error) => {
      assert.ok(error instanceof EngineError, String(error));
      assert.equal(error.code, `checkpoint.${code}`);
      assert.match(error.message, message);
      return true;
    });
  });
}

test('a header cut anywhere, or with any byte changed, is read or refused with a code', async () => {
  const whole = [...(await readHead(writeTinyCheckpoint(join(folder, 'tiny'))))];
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), fc.boolean(), async (at, byte, cut) => {
      const bytes = cut ? whole.slice(0, at) : whole.with(at, byte);
      await assert.rejects(
        openWeights(written(Uint8Array.from(bytes))),
        (error) => error instanceof EngineError && error.code.startsWith('checkpoint.'),
      );
    }),
    { numRuns: 50 },
  );
});

/** The header of a file without its data, which must therefore always be refused. */
async function readHead(path: string): Promise<Uint8Array> {
  const { tensors } = await openWeights(path);
  return readFileSync(path).subarray(0, Math.min(...[...tensors.values()].map(({ offset }) => offset)));
}
