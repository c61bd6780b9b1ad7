import { apply } from '../value.ts';
import type { Attributes, Value } from '../value.ts';
import { gelu, leakyRelu, relu, silu } from './activation.ts';

const operator =
  (name: string, attributes: Attributes = {}) =>
  (x: Value): Value =>
    apply(name, [x], x.shape, { attributes });

/** Functions of one number that networks are made with, by PyTorch's names in lower case, with its defaults. */
export const activations: ReadonlyMap<string, (x: Value) => Value> = new Map([
  ['celu', operator('Celu', { alpha: { float: 1 } })],
  ['elu', operator('Elu', { alpha: { float: 1 } })],
  ['gelu', gelu],
  ['hardsigmoid', operator('HardSigmoid', { alpha: { float: 1 / 6 }, beta: { float: 0.5 } })],
  ['hardswish', operator('HardSwish')],
  ['leakyrelu', (x) => leakyRelu(x, 0.01)],
  ['mish', operator('Mish')],
  ['relu', relu],
  ['selu', operator('Selu')],
  ['sigmoid', operator('Sigmoid')],
  ['silu', silu],
  ['softplus', operator('Softplus')],
  ['softsign', operator('Softsign')],
  ['tanh', operator('Tanh')],
]);
