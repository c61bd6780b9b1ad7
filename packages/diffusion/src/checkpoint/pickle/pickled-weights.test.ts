import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { add, graphOf, input, weight } from '@bottega/graph';
import * as fc from 'fast-check';
import { EngineError } from '../../errors.ts';
import { openSession } from '../../runtime/session.ts';
import { tensor } from '../../tensor.ts';
import { openWeights } from '../open-weights.ts';
import type { WeightFile } from '../weight-file.ts';
import { integer, program, pushTensor, stateDict, text, torchArchive, zip } from './torch-archive.ts';
import type { Lie, SavedTensor } from './torch-archive.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-pickle-'));
after(() => rmSync(folder, { recursive: true }));

let count = 0;
function written(bytes: Uint8Array): string {
  const path = join(folder, `${count++}.ckpt`);
  writeFileSync(path, bytes);
  return path;
}

const six = Float32Array.of(0, 1, 2, 3, 4, 5);
const storages = new Map([['0', new Uint8Array(six.buffer)]]);
const matrix: SavedTensor = { type: 'f32', shape: [2, 3], count: 6, key: '0' };

const opened = (pickle: Uint8Array): Promise<WeightFile> =>
  openWeights(written(torchArchive(pickle, storages)));
const saved = (change: Partial<SavedTensor>): Buffer => stateDict(new Map([['a', { ...matrix, ...change }]]));

test('a tensor in order stays in the file, where the file has it', async () => {
  const file = await opened(saved({ start: 2, shape: [1, 4], strides: [77, 1] }));
  const { offset, ...stored } = file.tensors.get('a')!;
  assert.deepEqual(stored, { type: 'f32', shape: [1, 4], length: 16 });
  assert.equal(readFileSync(file.path).readFloatLE(offset), 2);
});

test('a transposed tensor is put in order, and a network runs with it', async () => {
  const file = await opened(saved({ shape: [3, 2], strides: [1, 3] }));
  const y = add(input('x', 'f32', [3, 2]), weight('a', [3, 2]));
  const session = await openSession(graphOf({ y }), file, { threads: 1 });
  const result = await session.run({ x: tensor([3, 2]) }, 'y');
  await session.dispose();
  assert.deepEqual([...result.data], [0, 3, 1, 4, 2, 5]);
});

test('types without a storage class of their own are read as PyTorch 2 writes them', async () => {
  const id = program(
    '((',
    text('storage'),
    'ctorch.storage\nUntypedStorage\n',
    text('0'),
    text('cpu'),
    integer(24),
    'tQ',
  );
  const rest = program(integer(4), '(', integer(3), 't(', integer(1), 't\x89)ctorch\nfloat8_e4m3fn\ntR');
  const pickle = program('\x80\x02}', text('a'), 'ctorch._utils\n_rebuild_tensor_v3\n', id, rest, 's.');
  const { tensors } = await opened(pickle);
  const { type, shape, length } = tensors.get('a')!;
  assert.deepEqual({ type, shape, length }, { type: 'f8e4m3', shape: [3], length: 3 });
});

test('names that every object has are ordinary names', async () => {
  const { tensors } = await opened(stateDict(new Map([['__proto__', matrix]])));
  assert.deepEqual([...tensors.keys()], ['__proto__']);
});

test('dictionaries of tensors in the object are read where it has none itself', async () => {
  const inner = program('}', text('conv.weight'), pushTensor(matrix), 's');
  const { tensors } = await opened(program('\x80\x02}', text('params_ema'), inner, 's.'));
  assert.deepEqual([...tensors.keys()], ['params_ema.conv.weight']);
});

test('one dictionary under many names is read once', async () => {
  const inner = program('}\x94', text('w'), pushTensor(matrix), 's');
  const again = Array.from({ length: 50 }, (_, i) => [text(`n${i}`), 'h\x01s']).flat();
  const { tensors } = await opened(program('\x80\x04}\x94', text('first'), inner, 's', ...again, '.'));
  assert.deepEqual([...tensors.keys()], ['first.w']);
});

const archiveOf = (order: string): Buffer =>
  zip([
    { name: 'archive/data.pkl', bytes: saved({}) },
    { name: 'archive/byteorder', bytes: Buffer.from(order) },
    { name: 'archive/data/0', bytes: new Uint8Array(six.buffer) },
  ]);

test('an archive of a machine of the other byte order is refused', async () => {
  assert.equal((await openWeights(written(archiveOf('little')))).tensors.size, 1);
  await refused(() => openWeights(written(archiveOf('big'))), 'malformed', /other byte order/);
});

const shell = text('rm -rf /');
const unsafe: readonly (readonly [what: string, pickle: Buffer, named: RegExp])[] = [
  ['os.system by name', program('cos\nsystem\n(', shell, 'tR.'), /the name os\.system/],
  [
    'os.system from the stack',
    program('\x80\x04', text('os'), text('system'), '\x93.'),
    /the name os\.system/,
  ],
  ['os.system as an instance', program('(', shell, 'ios\nsystem\n.'), /the name os\.system/],
  ['eval', program('\x80\x02c__builtin__\neval\n(', text('1'), 'tR.'), /__builtin__\.eval/],
  ['getattr', program('\x80\x02cbuiltins\ngetattr\n.'), /builtins\.getattr/],
  ['a way through an allowed module', program('ctorch\n_utils.os.system\n.'), /torch\._utils\.os\.system/],
  ['torch.load', program('\x80\x02ctorch\nload\n.'), /torch\.load/],
  [
    'a class that is only mentioned',
    program('\x80\x02cpytorch_lightning.callbacks.model_checkpoint\nModelCheckpoint\n)R.'),
    /a call of pytorch_lightning/,
  ],
  ['an extension', program('\x80\x02\x82\x01.'), /registry of extensions/],
  ['a textual reference', program('Pos.system\n.'), /a reference to something outside/],
  ['a buffer outside', program('\x80\x05\x97.'), /a buffer outside/],
];

for (const [what, pickle, named] of unsafe) {
  test(`${what} is refused by name`, async () => {
    await refused(() => opened(pickle), 'unsafe', named);
    await refused(() => openWeights(written(pickle)), 'unsafe', named);
  });
}

const repeated = (part: string, times: number): string => part.repeat(times);
const malformed: readonly (readonly [what: string, pickle: Buffer, message: RegExp])[] = [
  ['deep nesting', program('\x80\x02', repeated('(', 5000)), /nested too deeply/],
  ['lists without end', program('\x80\x02', repeated(']', 200_000)), /piles up too many/],
  ['copies without end', program('\x80\x02]', repeated('2', 200_000)), /piles up too many/],
  ['a memo without end', program('\x80\x04]', repeated('\x94', 1_100_000)), /remembers too many/],
  ['instructions without end', program('\x80\x04', repeated('N0', 2_100_000)), /too many instructions/],
  ['a text of 4 GB', program('\x80\x02X\xff\xff\xff\xff'), /a text of 4294967295 bytes/],
  ['a text of 2^64 bytes', program('\x80\x04\x8d', repeated('\xff', 8)), /a text of 18446744073709551615/],
  [
    'a number without end',
    program('\x80\x02\x8b\xff\xff\x00\x00', repeated('\x7f', 65_535)),
    /number without end/,
  ],
  ['a line without end', program('c', repeated('x', 2_000_000), '\nsystem\n.'), /a line without end/],
  [
    'a pickle of 33 MB',
    program('\x80\x02', repeated('N0', 17_000_000), '.'),
    /its pickle has 34000003 bytes/,
  ],
  ['a number of many digits', program('I', repeated('9', 100_000), '\n.'), /number that is none/],
  ['a shape larger than memory', saved({ shape: [2 ** 40, 2 ** 40] }), /does not fit its storage/],
  ['a view beyond its storage', saved({ start: 1 }), /does not fit its storage/],
  ['a view before its storage', saved({ start: -1 }), /no valid shape/],
  [
    'one element a billion times',
    saved({ shape: [1e9, 1e9], strides: [0, 0] }),
    /too large to be rearranged/,
  ],
  ['nine axes', saved({ shape: Array(9).fill(1) }), /no valid shape/],
  ['a storage that is not there', saved({ key: '../data.pkl' }), /its archive has no data/],
  ['a call of a number', program('\x80\x02K\x01)R.'), /calls what is no function/],
  ['a tensor of nothing', program('\x80\x02ctorch._utils\n_rebuild_tensor_v2\n)R.'), /no storage/],
  ['an unknown instruction', program('\x80\x02\xff.'), /unknown instruction 255/],
  ['an unknown protocol', program('\x80\x06.'), /unknown protocol 6/],
  ['an empty stack', program('\x80\x02.'), /a value that is not there/],
  ['a value below a mark', program('\x80\x02N(a'), /a value that is not there/],
  ['a memo that is empty', program('\x80\x02h\x00.'), /recalls what it never had/],
  ['no tensors', program('\x80\x02}.'), /no tensors/],
];

for (const [what, pickle, message] of malformed) {
  test(`${what} is refused`, async () => {
    await refused(() => opened(pickle), 'malformed', message);
  });
}

test('the two ends of a storage, again and again, are refused before they are read', async () => {
  const [key, count] = ['0', 10_000];
  const ends = { ...matrix, key, count, shape: [2], strides: [count - 1] };
  const some = stateDict(new Map(Array.from({ length: 20 }, (_, i) => [`a${i}`, ends])));
  const many = stateDict(new Map(Array.from({ length: 400 }, (_, i) => [`a${i}`, ends])));
  const wide = new Map([[key, new Uint8Array(4 * count)]]);
  assert.equal((await openWeights(written(torchArchive(some, wide)))).tensors.size, 20);
  const path = written(torchArchive(many, wide));
  await refused(() => openWeights(path), 'malformed', /do not lie in order and are too large/);
});

test('a tensor that PyTorch would turn negative when it reads it is refused', async () => {
  const id = program(
    '((',
    text('storage'),
    'ctorch\nFloatStorage\n',
    text('0'),
    text('cpu'),
    integer(6),
    'tQ',
  );
  const rest = program(integer(0), '(', integer(3), 't(', integer(1), 't\x89)}', text('neg'), '\x88stR');
  const pickle = program('\x80\x02}', text('a'), 'ctorch._utils\n_rebuild_tensor_v2\n', id, rest, 's.');
  await refused(() => opened(pickle), 'malformed', /opposite/);
});

test('a storage shorter than its tensors say is refused', async () => {
  await refused(() => opened(saved({ count: 7, shape: [7] })), 'truncated', /24 bytes of 28/);
});

test('an object that is its own parameters harms nobody', async () => {
  const made = 'ctorch.nn.modules.container\nParameterDict\n)\x81\x94';
  const pickle = program('\x80\x04', made, '}', text('_parameters'), 'h\x00sb.');
  await refused(() => opened(pickle), 'malformed', /no tensors/);
});

test('a dictionary in itself harms nobody', async () => {
  const { tensors } = await opened(
    program('\x80\x04}\x94', text('loop'), 'h\x00s', text('a'), pushTensor(matrix), 's.'),
  );
  assert.deepEqual([...tensors.keys()], ['a']);
});

const lies: Readonly<Record<Lie, RegExp>> = {
  compressed: /compressed/,
  encrypted: /compressed/,
  renamed: /is called "archive\/data\/0" elsewhere/,
  overlapping: /overlaps another entry|is called/,
  outside: /beyond its table of contents/,
  count: /table of contents is damaged/,
  directory: /does not lie where it is said to/,
};

for (const [lie, message] of Object.entries(lies)) {
  test(`an archive that lies is refused: ${lie}`, async () => {
    const entries = [
      { name: 'archive/data.pkl', bytes: saved({}) },
      { name: 'archive/data/0', bytes: new Uint8Array(six.buffer) },
    ];
    assert.equal((await openWeights(written(zip(entries)))).tensors.size, 1);
    await refused(() => openWeights(written(zip(entries, lie as Lie))), /malformed|truncated/, message);
  });
}

const names = [
  '../evil',
  'archive/../evil',
  '/etc/passwd',
  'archive/data/../../x',
  'archive\\data\\0',
  'archive/code/a.py',
];
for (const name of names) {
  test(`the file ${name} in an archive is refused`, async () => {
    const entries = [
      { name: 'archive/data.pkl', bytes: saved({}) },
      { name, bytes: new Uint8Array(1) },
    ];
    await refused(() => openWeights(written(zip(entries))), 'unsafe', /the file "/);
  });
}

test('an archive with two files of a name, or two folders, is refused', async () => {
  const pickle = { name: 'archive/data.pkl', bytes: saved({}) };
  const storage = { name: 'archive/data/0', bytes: new Uint8Array(six.buffer) };
  for (const one of [pickle, storage, { ...storage, name: 'other/data/1' }]) {
    await refused(() => openWeights(written(zip([pickle, storage, one]))), 'unsafe', /two files "/);
  }
});

/** An archive with the numbers of one larger than 4 GB. */
function wideArchive(entries?: number): Buffer {
  const plain = torchArchive(saved({}), storages);
  const at = plain.length - 22;
  const record = Buffer.alloc(56);
  record.write('PK\x06\x06');
  record.writeBigUInt64LE(BigInt(entries ?? plain.readUInt16LE(at + 10)), 32);
  record.writeBigUInt64LE(BigInt(plain.readUInt32LE(at + 12)), 40);
  record.writeBigUInt64LE(BigInt(plain.readUInt32LE(at + 16)), 48);
  const locator = Buffer.alloc(20);
  locator.write('PK\x06\x07');
  locator.writeBigUInt64LE(BigInt(at), 8);
  const end = Buffer.from(plain.subarray(at));
  end.fill(0xff, 8, 20);
  return Buffer.concat([plain.subarray(0, at), record, locator, end]);
}

test('an archive that is larger than 4 GB is read through its wide numbers', async () => {
  assert.equal((await openWeights(written(wideArchive()))).tensors.size, 1);
  await refused(() => openWeights(written(wideArchive(2 ** 40))), 'malformed', /1099511627776 entries/);
});

const data = join(import.meta.dirname, '../../../test-data/models-reference/pickle');
for (const name of [
  'good-views.ckpt',
  'good-views-legacy.pt',
  'good-numpy-scalar.ckpt',
  'good-legacy.ckpt',
]) {
  const whole = [...readFileSync(join(data, name))];

  test(`${name} cut anywhere, or with bytes changed, is read or refused with a code`, async () => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 4 }), fc.nat(whole.length), async (changes, length) => {
        const bytes = Uint8Array.from(whole);
        for (const [at, byte] of changes) bytes[at] = byte;
        const end = changes.length === 0 ? length : whole.length;
        const path = written(bytes.subarray(0, end));
        const outcome: unknown = await openWeights(path).catch((error: unknown) => error);
        if (outcome instanceof Error) {
          assert.ok(
            outcome instanceof EngineError && outcome.code.startsWith('checkpoint.'),
            String(outcome),
          );
          return;
        }
        for (const stored of (outcome as WeightFile).tensors.values()) {
          assert.ok(stored.bytes?.length === stored.length || stored.offset + stored.length <= end);
        }
      }),
      { numRuns: 150 },
    );
  });
}

async function refused(open: () => Promise<unknown>, code: string | RegExp, message: RegExp): Promise<void> {
  await assert.rejects(open(), (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.match(error.code, new RegExp(`^checkpoint\\.(${typeof code === 'string' ? code : code.source})$`));
    assert.match(error.message, message);
    return true;
  });
}
