import { weightsOf } from '@bottega/graph';
import { verifyWeights } from '../../checkpoint/verify-weights.ts';
import { shapesOf } from '../../checkpoint/weight-file.ts';
import type { WeightFile } from '../../checkpoint/weight-file.ts';
import { EngineError } from '../../errors.ts';
import type { Shapes } from '../../models/shapes.ts';
import { compactNetwork } from './compact-network.ts';
import type { Recognise, UpscalerNetwork } from './network.ts';
import { residualDenseNetwork } from './residual-dense-network.ts';
import { rrdbNetwork } from './rrdb-network.ts';

const networks: readonly Recognise[] = [rrdbNetwork, compactNetwork, residualDenseNetwork];

const supported = 'ESRGAN, ESRGAN+, BSRGAN, Real-ESRGAN and its compact models';

/** Real ones have 8 at most. */
const largestScale = 16;

/** Other upscalers that are often met, by tensors that they alone have. */
const others: readonly { readonly title: string; readonly has: RegExp }[] = [
  { title: 'SwinIR, Swin2SR or a relative', has: /^layers\.0\.residual_group\.blocks\.0\.attn\./ },
  { title: 'DAT', has: /^layers\.0\.blocks\.0\.attn\.attns\./ },
  { title: 'ESRGAN with pixel shuffle, or SPSR', has: /^model\.1\.sub\.0\.|^f_HR_conv1\./ },
];

/** What goes around the tensors in the files of training programs. */
const wrappings = ['params_ema.', 'params-ema.', 'params.', 'model_state_dict.', 'net.', 'module.', 'netG.'];

/**
 * The network that a file's weights are for, and its weights under the names that the network has for them.
 * @throws EngineError 'checkpoint.unsupported' saying what the file is, 'checkpoint.tensor-missing',
 *   'checkpoint.tensor-misshapen'.
 */
export function recogniseNetwork(file: WeightFile): {
  readonly network: UpscalerNetwork;
  readonly weights: WeightFile;
} {
  const weights = unwrapped(file);
  const network = networkOf(shapesOf(weights), file.path);
  verifyWeights(weights, weightsOf(network.graph), network.title);
  return { network, weights };
}

function networkOf(shapes: Shapes, path: string): UpscalerNetwork {
  try {
    for (const recognise of networks) {
      const network = recognise(shapes);
      if (network === undefined) continue;
      if (!Number.isInteger(network.scale) || network.scale < 1 || network.scale > largestScale) {
        throw new RangeError(`it makes pictures ${network.scale} times as large`);
      }
      return network;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const what = `an upscaler whose sizes do not fit (${error.message})`;
    throw new EngineError('checkpoint.unsupported', { path, what, supported }, { cause: error });
  }
  const other = others.find(({ has }) => [...shapes.keys()].some((name) => has.test(name)));
  const what = other === undefined ? 'no upscaler that is known' : `an upscaler of the kind ${other.title}`;
  throw new EngineError('checkpoint.unsupported', { path, what, supported });
}

/** The tensors under the first wrapping that is there, without its name; wrappings may lie in one another. */
function unwrapped(file: WeightFile): WeightFile {
  const names = [...file.tensors.keys()];
  const wrapping = wrappings.find((one) => names.some((name) => name.startsWith(one)));
  if (wrapping === undefined) return file;
  const inner = [...file.tensors].filter(([name]) => name.startsWith(wrapping));
  return unwrapped({
    ...file,
    tensors: new Map(inner.map(([name, tensor]) => [name.slice(wrapping.length), tensor])),
  });
}
