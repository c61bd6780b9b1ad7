/** Run by onnxruntime, against the formulas of PyTorch's documentation. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InferenceSession } from 'onnxruntime-node';
import { graphOf } from '../graph.ts';
import { encodeOnnx } from '../onnx/encode.ts';
import { floats } from '../value.ts';
import { activations } from './named-activation.ts';

const x = [-4, -2.5, -0.5, 0, 0.25, 2, 5];
const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
const clip = (v: number): number => Math.min(1, Math.max(0, v / 6 + 0.5));
const formulas: Readonly<Record<string, (v: number) => number>> = {
  celu: (v) => (v > 0 ? v : Math.expm1(v)),
  elu: (v) => (v > 0 ? v : Math.expm1(v)),
  hardsigmoid: clip,
  hardswish: (v) => v * clip(v),
  leakyrelu: (v) => (v > 0 ? v : 0.01 * v),
  mish: (v) => v * Math.tanh(Math.log1p(Math.exp(v))),
  relu: (v) => Math.max(0, v),
  selu: (v) => 1.0507009873554805 * (v > 0 ? v : 1.6732632423543772 * Math.expm1(v)),
  sigmoid,
  silu: (v) => v * sigmoid(v),
  softplus: (v) => Math.log1p(Math.exp(v)),
  softsign: (v) => v / (1 + Math.abs(v)),
  tanh: Math.tanh,
};

for (const [name, formula] of Object.entries(formulas)) {
  test(name, async () => {
    const y = activations.get(name)?.(floats(x)) ?? assert.fail();
    const model = encodeOnnx(graphOf({ y }), (weight) => assert.fail(`${weight} is not expected`));
    const session = await InferenceSession.create(model, { logSeverityLevel: 3, intraOpNumThreads: 1 });
    const result = [...((await session.run({})).y.data as Float32Array)];
    await session.release();
    for (const [i, value] of result.entries()) {
      assert.ok(Math.abs(value - formula(x[i])) < 1e-5, `${name}(${x[i]}) is ${value}`);
    }
  });
}
