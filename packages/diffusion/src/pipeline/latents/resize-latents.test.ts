import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tensor } from '../../tensor.ts';
import {
  bicubic,
  bicubicAntialiased,
  bilinear,
  bilinearAntialiased,
  nearest,
  nearestExact,
  resizeLatents,
} from './resize-latents.ts';

const modes = { bicubic, bicubicAntialiased, bilinear, bilinearAntialiased, nearest, nearestExact };

const latents = tensor([1, 3, 4], Float32Array.from([1, -2, 3, 0.5, 0, 4, -1, 2, 2.5, -3, 1, -0.5]));

/** PyTorch 2: `torch.nn.functional.interpolate(latents, size=(height, width), mode=..., antialias=...)`. */
for (const [mode, height, width, expected] of [
  [
    'bilinear',
    5,
    7,
    [
      1.0, -0.0714, -1.7857, 0.5, 2.8214, 1.3929, 0.5, 0.6, 0.5286, 0.4143, 0.9, 1.3786, 1.2071, 1.1, 0.0,
      1.4286, 3.7143, 1.5, -0.7857, 0.9286, 2.0, 1.5, 0.8929, -0.0786, 0.0, 0.2214, 0.3929, 0.5, 2.5, 0.5357,
      -2.6071, -1.0, 0.8929, 0.0357, -0.5,
    ],
  ],
  ['bilinear', 2, 3, [0.5417, 0.75, 1.0625, 1.3542, -0.375, 0.1875]],
  [
    'bilinearAntialiased',
    5,
    7,
    [
      1.0, -0.0714, -1.7857, 0.5, 2.8214, 1.3929, 0.5, 0.6, 0.5286, 0.4143, 0.9, 1.3786, 1.2071, 1.1, 0.0,
      1.4286, 3.7143, 1.5, -0.7857, 0.9286, 2.0, 1.5, 0.8929, -0.0786, 0.0, 0.2214, 0.3929, 0.5, 2.5, 0.5357,
      -2.6071, -1.0, 0.8929, 0.0357, -0.5,
    ],
  ],
  ['bilinearAntialiased', 2, 3, [0.5125, 0.875, 1.1938, 0.9813, -0.0625, 0.3813]],
  [
    'bicubic',
    5,
    7,
    [
      1.4603, -0.5217, -2.6412, 0.3436, 3.4861, 1.7543, 0.0556, 0.3923, 0.5393, 0.7873, 1.1094, 1.3234,
      1.3053, 1.2578, -0.3969, 1.6705, 4.0021, 1.5937, -1.0593, 0.6703, 2.2976, 1.588, 1.0247, 0.2327, -0.141,
      -0.0371, 0.3462, 0.6417, 3.3762, 0.256, -3.5298, -1.66, 1.3061, 0.2174, -0.9317,
    ],
  ],
  ['bicubic', 2, 3, [0.4886, 0.8159, 1.127, 1.4254, -0.6623, 0.1883]],
  [
    'bicubicAntialiased',
    5,
    7,
    [
      1.3554, -0.21, -2.4699, 0.3862, 3.3467, 1.487, 0.1555, 0.5468, 0.4596, 0.3898, 0.9783, 1.5242, 1.2912,
      1.1088, -0.3173, 1.3991, 3.9726, 1.5625, -1.0178, 0.9029, 2.238, 1.7255, 1.0031, -0.2043, -0.2146,
      0.1462, 0.3611, 0.4698, 3.1819, 0.6322, -3.3906, -1.4623, 1.2114, 0.0456, -0.8346,
    ],
  ],
  ['bicubicAntialiased', 2, 3, [0.4427, 0.9582, 1.288, 1.0911, -0.1622, 0.3877]],
  [
    'nearest',
    5,
    7,
    [
      1.0, 1.0, -2.0, -2.0, 3.0, 3.0, 0.5, 1.0, 1.0, -2.0, -2.0, 3.0, 3.0, 0.5, 0.0, 0.0, 4.0, 4.0, -1.0,
      -1.0, 2.0, 0.0, 0.0, 4.0, 4.0, -1.0, -1.0, 2.0, 2.5, 2.5, -3.0, -3.0, 1.0, 1.0, -0.5,
    ],
  ],
  ['nearest', 2, 3, [1.0, -2.0, 3.0, 0.0, 4.0, -1.0]],
  [
    'nearestExact',
    5,
    7,
    [
      1.0, 1.0, -2.0, 3.0, 3.0, 0.5, 0.5, 1.0, 1.0, -2.0, 3.0, 3.0, 0.5, 0.5, 0.0, 0.0, 4.0, -1.0, -1.0, 2.0,
      2.0, 2.5, 2.5, -3.0, 1.0, 1.0, -0.5, -0.5, 2.5, 2.5, -3.0, 1.0, 1.0, -0.5, -0.5,
    ],
  ],
  ['nearestExact', 2, 3, [1.0, 3.0, 0.5, 2.5, 1.0, -0.5]],
] as const) {
  test(`${mode} to ${height}x${width} is PyTorch's`, () => {
    const { shape, data } = resizeLatents(latents, height, width, modes[mode]);
    assert.deepEqual(shape, [1, height, width]);
    expected.forEach((value, i) => assert.ok(Math.abs(data[i] - value) < 1e-4, `${i}: ${data[i]}, ${value}`));
  });
}

test('the same size is the same picture', () => {
  assert.equal(resizeLatents(latents, 3, 4, bicubic), latents);
});

test('channels do not mix', () => {
  const two = tensor([2, 1, 1], Float32Array.from([3, -5]));
  assert.deepEqual([...resizeLatents(two, 1, 2, bicubic).data], [3, 3, -5, -5]);
});

test('what is flat stays flat, in every mode', () => {
  const side = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(
      side,
      side,
      side,
      side,
      fc.constantFrom(...Object.values(modes)),
      (height, width, toHeight, toWidth, mode) => {
        const flat = tensor([2, height, width], new Float32Array(2 * height * width).fill(0.5));
        const resized = resizeLatents(flat, toHeight, toWidth, mode);
        assert.deepEqual(resized.shape, [2, toHeight, toWidth]);
        assert.ok(resized.data.every((value) => Math.abs(value - 0.5) < 1e-6));
      },
    ),
  );
});
