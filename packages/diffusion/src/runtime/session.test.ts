import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { add, graphOf, input, weight } from '@bottega/graph';
import { openWeights } from '../checkpoint/open-weights.ts';
import { tensor } from '../tensor.ts';
import { openSession } from './session.ts';

const folder = mkdtempSync(join(tmpdir(), 'bottega-session-'));
after(() => rmSync(folder, { recursive: true }));

const values = [1, -2, 0.5, 0];

/** The same four numbers in each format. */
const formats: Readonly<Record<string, ArrayBufferView>> = {
  F32: Float32Array.from(values),
  F64: Float64Array.from(values),
  F16: Uint16Array.of(0x3c00, 0xc000, 0x3800, 0),
  BF16: Uint16Array.of(0x3f80, 0xc000, 0x3f00, 0),
  F8_E4M3: Uint8Array.of(0x38, 0xc0, 0x30, 0),
  F8_E5M2: Uint8Array.of(0x3c, 0xc0, 0x38, 0),
};

for (const [dtype, { buffer, byteLength }] of Object.entries(formats)) {
  for (const mode of ['default', 'fast'] as const) {
    test(`weights of ${dtype} are read where they lie, in the ${mode} mode`, async () => {
      // The byte before makes the weights lie unaligned.
      const header = JSON.stringify({
        before: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
        w: { dtype, shape: [4], data_offsets: [1, 1 + byteLength] },
      });
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(header.length));
      const path = join(folder, `${dtype}.safetensors`);
      writeFileSync(path, Buffer.concat([length, Buffer.from(header), Buffer.alloc(1), Buffer.from(buffer)]));

      const y = add(input('x', 'f32', [4]), weight('w', [4]));
      const session = await openSession(graphOf({ y }), await openWeights(path), { mode, threads: 1 });
      const { data } = await session.run({ x: tensor([4]) }, 'y');
      assert.deepEqual([...data], values);
      await session.dispose();
    });
  }
}

test('a weight that the file lacks is a mistake of the program', async () => {
  const y = weight('none', [4]);
  await assert.rejects(openSession(graphOf({ y }), undefined), RangeError);
});
