/** Every `bottega ...` line of the guide's sh blocks does what it says, on a tiny checkpoint. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodePng } from '@bottega/diffusion';
import { writeTinyCheckpoint, writeTinyControlNet } from '@bottega/testing';
import { run } from './run.ts';

const guide = ['command-line.md', 'scripts.md', 'controlnet.md', 'upscaling.md', 'merging.md']
  .map((page) => readFileSync(join(import.meta.dirname, '../../../docs/guide', page), 'utf8'))
  .join('\n');
const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block.trim().split('\n'));
const folder = mkdtempSync(join(tmpdir(), 'bottega-guide-'));
mkdirSync(join(folder, 'data/models'), { recursive: true });
writeTinyCheckpoint(join(folder, 'data/models/tiny.safetensors'));
mkdirSync(join(folder, 'data/models/VAE'));
writeTinyCheckpoint(join(folder, 'data/models/VAE/clear.safetensors'));
mkdirSync(join(folder, 'data/models/ControlNet'));
writeTinyControlNet(join(folder, 'data/models/ControlNet/canny.safetensors'));
const house = { width: 48, height: 40, data: new Uint8Array(48 * 40 * 3).fill(200) };
writeFileSync(join(folder, 'house.png'), encodePng(house));
writeFileSync(join(folder, 'ideas.txt'), 'a lamp\n--prompt "two lamps" --seed 5\n');
after(() => rmSync(folder, { recursive: true }));

const drawing = new Set(['imagine', 'plot', 'matrix', 'prompts', 'loopback', 'sd-upscale', 'outpaint']);

for (const line of lines) {
  test(line, async () => {
    const [program, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain,
    );
    assert.equal(program, 'bottega');
    const printed: string[] = [];
    const notes: string[] = [];
    // The tiny checkpoint has no card, and its pictures need not be good: few steps on a small size.
    const quick = drawing.has(words[0])
      ? ['--model', 'tiny', '--size', '64x64', ...(words.includes('--steps') ? [] : ['--steps', '2'])]
      : [];
    const exit = await run([...words, ...quick], {
      env: { BOTTEGA_DATA: join(folder, 'data') },
      cwd: folder,
      print: (text) => printed.push(text),
      note: (text) => notes.push(text),
      isTerminal: false,
      signal: new AbortController().signal,
    });
    assert.equal(exit, 0, notes.join(''));
    assert.ok(printed.length > 0);
    if (words.includes('--json')) JSON.parse(printed.join('\n'));
  });
}
