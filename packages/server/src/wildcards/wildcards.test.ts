import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fillWildcards } from './fill-wildcards.ts';
import { wildcardsIn } from './names.ts';
import { readWildcards } from './read-wildcards.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-wildcards-'));
after(() => rmSync(folder, { recursive: true }));

const files = {
  'wildcards/colour': 'red\ngreen\nblue\n',
  'wildcards/thing': 'a __colour__ cat\r\na __places/far-away__ dog',
  'wildcards/places/far-away': 'lunar',
  'wildcards/loop': 'x __loop__',
  'wildcards/double': '__double__ __double__',
  'wildcards/empty': '',
  secret: 'password',
};
for (const [name, text] of Object.entries(files)) {
  mkdirSync(join(folder, name, '..'), { recursive: true });
  writeFileSync(join(folder, `${name}.txt`), text);
}
const read = (text: string) => readWildcards(join(folder, 'wildcards'), text);

test('names stand between double underscores, and stay in their folder', () => {
  assert.deepEqual(wildcardsIn('a __colour__, __two_words__ and __places/far-away__ __colour__'), [
    'colour',
    'two_words',
    'places/far-away',
  ]);
  for (const text of [
    '__../secret__',
    '__/etc/passwd__',
    '__a/../../secret__',
    '__a//b__',
    '__.hidden__',
    '____',
    'a__ b__',
  ])
    assert.deepEqual(wildcardsIn(text), [], text);
});

test('files that a text and its wildcards name are read, and nothing else', async () => {
  const wildcards = await read('__thing__ __missing__ __empty__ __../secret__');
  assert.deepEqual([...wildcards.keys()].toSorted(), ['colour', 'places/far-away', 'thing']);
  assert.deepEqual(wildcards.get('thing'), ['a __colour__ cat', 'a __places/far-away__ dog']);
  assert.equal((await readWildcards(join(folder, 'no folder'), '__thing__')).size, 0);
});

test('huge files are passed over, and so is what is too much together', async () => {
  const names = Array.from({ length: 9 }, (_, index) => `big${index}`);
  for (const name of names) writeFileSync(join(folder, `wildcards/${name}.txt`), 'x'.repeat(4 * 2 ** 20));
  writeFileSync(join(folder, 'wildcards/huge.txt'), 'x'.repeat(4 * 2 ** 20 + 1));
  const wildcards = await read(['huge', ...names].map((name) => `__${name}__`).join(' '));
  assert.ok(!wildcards.has('huge'));
  assert.ok(wildcards.size > 0 && wildcards.size < 9);
});

test('the seed decides, by the numbers of Python', async () => {
  const wildcards = await read('__colour__');
  // Python 3: r = random.Random(seed); [r.choice(['red', 'green', 'blue']) for _ in range(3)]
  const chosen = [
    [0, ['green', 'green', 'red']],
    [1, ['red', 'blue', 'red']],
    [5, ['blue', 'green', 'blue']],
    [99, ['green', 'green', 'red']],
  ] as const;
  for (const [seed, words] of chosen)
    assert.equal(fillWildcards('__colour__ __colour__ __colour__', seed, wildcards), words.join(' '));
});

test('wildcards in wildcards are filled, unknown names stay, endless ones end', async () => {
  const wildcards = await read('__thing__ __loop__ __double__');
  const thing = fillWildcards('__thing__, __made_up__', 1, wildcards);
  assert.match(thing, /^a (red|green|blue) cat, __made_up__$|^a lunar dog, __made_up__$/);
  assert.equal(fillWildcards('__loop__', 1, wildcards), `${'x '.repeat(10)}__loop__`);
  assert.ok(fillWildcards('__double__', 1, wildcards).length < 200_000);
});
