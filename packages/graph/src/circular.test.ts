/** Circular convolution, run by onnxruntime, against its definition written out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { circular } from './circular.ts';
import { symbol } from './dim.ts';
import { graphOf } from './graph.ts';
import { encodeOnnx } from './onnx/encode.ts';
import { convolve } from './operators/convolution.ts';
import type { ConvolutionOptions } from './operators/convolution.ts';
import { print } from './print.ts';
import { floats, input } from './value.ts';

const [channels, height, width] = [2, 4, 5];
const wave = (size: number, seed: number): number[] =>
  Array.from({ length: size }, (_, i) => Math.sin(seed * (i + 1) * (i + 2)));
const picture = wave(channels * height * width, 1);

function graphWith(size: number, options: ConvolutionOptions = {}) {
  const x = input('x', 'f32', [symbol('batch'), channels, symbol('height'), symbol('width')]);
  const kernel = floats(wave(3 * channels * size * size, 2), [3, channels, size, size]);
  return graphOf({ y: convolve(x, kernel, floats([0.1, 0.2, 0.3]), options) });
}

async function run(
  graph: ReturnType<typeof graphWith>,
): Promise<{ dims: readonly number[]; data: number[] }> {
  const model = encodeOnnx(graph, (name) => assert.fail(name));
  const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
  const x = new Tensor('float32', Float32Array.from(picture), [1, channels, height, width]);
  const { y } = await session.run({ x });
  await session.release();
  return { dims: y.dims, data: [...(y.data as Float32Array)] };
}

/** The definition: indices beyond an edge begin again at the other one. */
function expected(size: number, stride: number): number[] {
  const kernel = wave(3 * channels * size * size, 2);
  const half = (size - 1) / 2;
  const result: number[] = [];
  for (let out = 0; out < 3; out++) {
    for (let y = 0; y < height; y += stride) {
      for (let x = 0; x < width; x += stride) {
        let sum = (out + 1) / 10;
        for (let c = 0; c < channels; c++) {
          for (let ky = 0; ky < size; ky++) {
            for (let kx = 0; kx < size; kx++) {
              const [py, px] = [(y + ky - half + height) % height, (x + kx - half + width) % width];
              sum +=
                kernel[((out * channels + c) * size + ky) * size + kx] *
                picture[(c * height + py) * width + px];
            }
          }
        }
        result.push(sum);
      }
    }
  }
  return result;
}

for (const [size, stride] of [
  [3, 1],
  [3, 2],
  [5, 1],
] as const) {
  test(`a ${size}x${size} convolution with stride ${stride} sees the opposite edge`, async () => {
    const { dims, data } = await run(circular(graphWith(size, { stride })));
    assert.deepEqual(dims, [1, 3, Math.ceil(height / stride), Math.ceil(width / stride)]);
    expected(size, stride).forEach((value, i) => assert.ok(Math.abs(data[i] - value) < 1e-5, `${i}`));
  });
}

for (const [what, graph] of [
  ['of one pixel', graphWith(1)],
  ['that pads one side only', graphWith(3, { stride: 2, padding: 'after' })],
] as const) {
  test(`a convolution ${what} stays as it is`, () => assert.equal(print(circular(graph)), print(graph)));
}
