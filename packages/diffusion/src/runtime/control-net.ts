import { basename, extname } from 'node:path';
import type { Graph } from '@bottega/graph';
import { weightsOf } from '@bottega/graph';
import type { LoadOptions } from '../api.ts';
import { kindOf } from '../checkpoint/kinds.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { verifyAnchors, verifyWeights } from '../checkpoint/verify-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { NetworkInput } from '../denoiser/network.ts';
import { EngineError } from '../errors.ts';
import { controlNetIntegers } from '../int8/plan.ts';
import type { IntegerPlan } from '../int8/plan.ts';
import { controlNetAnchors, controlNetConfigOf } from '../models/control-net/config.ts';
import type { ControlNetConfig } from '../models/control-net/config.ts';
import { controlNet } from '../models/control-net/control-net.ts';
import { hintEncoder } from '../models/control-net/hint-encoder.ts';
import { controlNetNames } from '../models/control-net/names.ts';
import { headsFrom } from '../models/unet/config.ts';
import type { Tensor } from '../tensor.ts';
import { requireFinite } from './finite.ts';
import type { Int8Options } from './int8-session.ts';
import { openNetwork } from './open-network.ts';
import { sessionPool } from './session-pool.ts';
import { warmUp } from './thread.ts';

/** The networks of a ControlNet as functions. Each is prepared when it is first called, and kept. */
export type ControlNetworks = AsyncDisposable & {
  readonly path: string;
  /** File name without its extension. */
  readonly name: string;
  readonly config: ControlNetConfig;
  /** A picture `[1, 3, height, width]` in 0..1 to what the ControlNet sees of it, `[1, channels, h, w]`. */
  encodeHint(hint: Tensor): Promise<Tensor>;
  /** What is to be added to the UNet's results: one for each kept one, then the middle's. */
  evaluate(input: NetworkInput, guide: Tensor): Promise<readonly Tensor[]>;
  /** Releases what the runtime holds; the functions must not be called any more. */
  dispose(): Promise<void>;
};

const what = 'ControlNet';

/**
 * Opens a ControlNet: reads its header, derives every size from the shapes of its tensors and checks that all
 * weights are there. No weight is read before a network first runs.
 * @throws EngineError `checkpoint.*`, each naming the file; `checkpoint.unsupported` where it is something else.
 */
export async function openControlNet(
  path: string,
  options: Int8Options & Pick<LoadOptions, 'overrides'> = {},
): Promise<ControlNetworks> {
  warmUp();
  const given = await openWeights(path);
  const file = inOwnNames(given);
  refuseOthers(given);
  verifyAnchors(file, controlNetAnchors, what);
  const config = controlNetConfigOf(shapesOf(file), headsFrom(options.overrides ?? {}));
  const prepare = (build: () => Graph, plan?: IntegerPlan) => {
    const graph = built(path, build);
    verifyWeights(file, weightsOf(graph), what);
    const pool = sessionPool(() => openNetwork(graph, file, options, plan), 1);
    return { pool, outputs: [...graph.outputs.keys()] };
  };
  const hints = prepare(() => hintEncoder(config));
  const control = prepare(() => controlNet(config), controlNetIntegers);
  const dispose = async (): Promise<void> => {
    await Promise.all([hints.pool.dispose(), control.pool.dispose()]);
  };
  return {
    path: file.path,
    name: basename(path, extname(path)),
    config,
    encodeHint: async (hint) => requireFinite((await hints.pool.run({ hint }, hints.outputs))[0]),
    evaluate: async ({ x, timesteps, context, vector }, guide) => {
      const times = { shape: [timesteps.length], data: timesteps };
      const feeds = { x, timesteps: times, context, ...(vector && { vector }), guide };
      return (await control.pool.run(feeds, control.outputs)).map(requireFinite);
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

function inOwnNames(file: WeightFile): WeightFile {
  const tensors = [...controlNetNames(file.tensors.keys())].flatMap(([name, original]) => {
    const stored = file.tensors.get(original);
    return stored === undefined ? [] : [[name, stored] as const];
  });
  return { ...file, tensors: new Map(tensors) };
}

/** Relatives of ControlNet whose tensors begin alike. */
const relatives: readonly { readonly holds: RegExp; readonly what: string }[] = [
  { holds: /^lora_controlnet$/, what: 'a Control-LoRA' },
  {
    holds: /^(task_embedding|control_add_embedding\.)/,
    what: 'a ControlNet of several kinds in one (union)',
  },
];

function refuseOthers(file: WeightFile): void {
  const names = [...file.tensors.keys()];
  const relative = relatives.find(({ holds }) => names.some((name) => holds.test(name)));
  const kind = kindOf(shapesOf(file));
  if (relative === undefined && kind.architecture === 'controlnet') return;
  throw unsupported(file.path, relative?.what ?? kind.title);
}

function built(path: string, build: () => Graph): Graph {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw unsupported(path, `a ControlNet with sizes that do not fit together (${error.message})`, error);
  }
}

function unsupported(path: string, title: string, cause?: Error): EngineError {
  const supported = 'ControlNets of Stable Diffusion 1, 2 and XL';
  return new EngineError('checkpoint.unsupported', { path, what: title, supported }, { cause });
}
