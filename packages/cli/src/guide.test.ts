/** Every `bottega ...` line of the guide's sh blocks does what it says, on a tiny checkpoint. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { encodePng } from '@bottega/diffusion';
import { writeTinyCheckpoint, writeTinyControlNet } from '@bottega/testing';
import { testTerminal } from './test-terminal.ts';

const guide = ['command-line.md', 'scripts.md', 'controlnet.md', 'upscaling.md', 'merging.md']
  .map((page) => readFileSync(join(import.meta.dirname, '../../../docs/guide', page), 'utf8'))
  .join('\n');
const lines = [...guide.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) => block.trim().split('\n'));
const { folder, printed, notes, clear, call, dispose } = testTerminal(writeTinyCheckpoint);
after(dispose);
beforeEach(clear);
mkdirSync(join(folder, 'data/models/VAE'));
writeTinyCheckpoint(join(folder, 'data/models/VAE/clear.safetensors'));
mkdirSync(join(folder, 'data/models/ControlNet'));
writeTinyControlNet(join(folder, 'data/models/ControlNet/canny.safetensors'));
const house = { width: 48, height: 40, data: new Uint8Array(48 * 40 * 3).fill(200) };
writeFileSync(join(folder, 'house.png'), encodePng(house));
writeFileSync(join(folder, 'ideas.txt'), 'a lamp\n--prompt "two lamps" --seed 5\n');

const drawing = new Set(['imagine', 'plot', 'matrix', 'prompts', 'loopback', 'sd-upscale', 'outpaint']);

for (const line of lines) {
  test(line, async () => {
    const [program, ...words] = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, plain]) => quoted ?? plain,
    );
    assert.equal(program, 'bottega');
    // The tiny checkpoint has no card, and its pictures need not be good: few steps on a small size.
    const quick = drawing.has(words[0])
      ? ['--model', 'tiny', '--size', '64x64', ...(words.includes('--steps') ? [] : ['--steps', '2'])]
      : [];
    assert.equal(await call([...words, ...quick]), 0, notes.join(''));
    assert.ok(printed.length > 0);
    if (words.includes('--json')) JSON.parse(printed.join('\n'));
  });
}
