import type { Graph } from '@bottega/graph';
import { weightsOf } from '@bottega/graph';
import type { CheckpointInfo, LoadOptions } from '../api.ts';
import { describe } from '../checkpoint/inspect-checkpoint.ts';
import { kindOf } from '../checkpoint/kinds.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { verifyAnchors, verifyWeights } from '../checkpoint/verify-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { Decoder, Encoder, Network, TextEncoder } from '../denoiser/network.ts';
import { EngineError } from '../errors.ts';
import { clipAnchors, clipConfigOf, clipPrefixIn } from '../models/clip/config.ts';
import type { ClipConfig } from '../models/clip/config.ts';
import { clipTextEncoder } from '../models/clip/text-encoder.ts';
import { headsFrom, unetAnchors, unetConfigOf } from '../models/unet/config.ts';
import type { UNetConfig } from '../models/unet/config.ts';
import { unet } from '../models/unet/unet.ts';
import { latentFactorOf, vaeAnchors, vaeConfigOf, vaePrefixIn } from '../models/vae/config.ts';
import type { VaeConfig } from '../models/vae/config.ts';
import { vaeDecoder } from '../models/vae/decoder.ts';
import { vaeEncoder } from '../models/vae/encoder.ts';
import { requireFinite } from './finite.ts';
import { lazySession } from './lazy-session.ts';
import type { Session } from './session.ts';
import { warmUp } from './thread.ts';

/** The networks of a checkpoint as functions. Each is prepared when it is first called, and kept. */
export type Networks = AsyncDisposable & {
  readonly info: CheckpointInfo;
  readonly configs: { readonly unet: UNetConfig; readonly text: ClipConfig; readonly vae: VaeConfig };
  readonly network: Network;
  readonly textEncoder: TextEncoder;
  readonly decoder: Decoder;
  readonly encoder: Encoder;
  /** Releases what the runtime holds; the functions must not be called any more. */
  dispose(): Promise<void>;
};

/** What a refusal offers instead. */
const supported = 'Stable Diffusion 1';

/**
 * Opens a checkpoint: reads its header, derives every size from the shapes of its tensors and checks that all
 * weights are there. No weight is read before a network first runs.
 * @throws EngineError `checkpoint.*`, each naming the file; `checkpoint.unsupported` says what the file is.
 * @example
 *   await using model = await openNetworks('models/v1-5-pruned-emaonly.safetensors');
 *   const context = await model.textEncoder([tokens], 1);
 */
export async function openNetworks(path: string, options: LoadOptions = {}): Promise<Networks> {
  warmUp();
  const file = await openSupported(path);
  return networksOf(file, options.vae === undefined ? file : await openWeights(options.vae), options);
}

/**
 * What a checkpoint is, once it is certain that pictures can be drawn with it: every weight is there in its shape.
 * Reads the header only and does not start the runtime.
 * @throws EngineError `checkpoint.*`, as `openNetworks` does.
 */
export async function checkCheckpoint(
  path: string,
  overrides?: LoadOptions['overrides'],
): Promise<CheckpointInfo> {
  const file = await openSupported(path);
  return networksOf(file, file, { overrides }).info;
}

async function openSupported(path: string): Promise<WeightFile> {
  const file = await openWeights(path);
  const kind = kindOf(shapesOf(file));
  if (!kind.supported) throw new EngineError('checkpoint.unsupported', { path, what: kind.title, supported });
  return file;
}

/** The networks of opened files in the layout of SD 1, whatever the UNet's inputs. */
export function networksOf(file: WeightFile, vaeFile: WeightFile, options: LoadOptions): Networks {
  const { overrides = {} } = options;
  const shapes = shapesOf(file);
  const vaeShapes = shapesOf(vaeFile);
  const { title } = kindOf(shapes);
  const textPrefix = clipPrefixIn(shapes);
  const vaePrefix = vaePrefixIn(vaeShapes) ?? 'first_stage_model.';
  verifyAnchors(file, { ...unetAnchors(), ...clipAnchors(textPrefix) }, title);
  verifyAnchors(vaeFile, vaeAnchors(vaePrefix), title);
  const configs = {
    unet: unetConfigOf(shapes, headsFrom(overrides)),
    text: clipConfigOf(shapes, textPrefix, overrides.textHeads),
    vae: vaeConfigOf(vaeShapes, vaePrefix),
  };

  const sessions: Session[] = [];
  let disposed = false;
  const prepare = (weights: WeightFile, build: () => Graph): Session['run'] => {
    if (disposed) throw new Error('the model has been disposed of');
    const graph = built(weights, title, build);
    verifyWeights(weights, weightsOf(graph), title);
    const session = lazySession(graph, weights, options);
    sessions.push(session);
    return async (feeds, output) => requireFinite(await session.run(feeds, output));
  };
  const runUNet = prepare(file, () => unet(configs.unet));
  const runText = prepare(file, () => clipTextEncoder(configs.text));
  const runDecoder = prepare(vaeFile, () => vaeDecoder(configs.vae));
  // Few need the encoder and some files lack it, so it is looked for when it is first called.
  let runEncoder: Session['run'] | undefined;

  const dispose = async (): Promise<void> => {
    disposed = true;
    await Promise.all(sessions.map((session) => session.dispose()));
  };
  return {
    info: { ...describe(file), latentFactor: latentFactorOf(configs.vae), sha256: options.sha256 },
    configs,
    network: async ({ x, timesteps, context, vector }) =>
      await runUNet(
        { x, timesteps: { shape: [timesteps.length], data: timesteps }, context, ...(vector && { vector }) },
        'out',
      ),
    textEncoder: async (tokens, layer) =>
      await runText({ tokens: tokenFeed(tokens, configs.text) }, layerName(layer, configs.text)),
    decoder: async (latents) => await runDecoder({ latents }, 'pixels'),
    encoder: async (pixels) => {
      runEncoder ??= prepare(vaeFile, () => vaeEncoder(configs.vae));
      return await runEncoder({ pixels }, 'moments');
    },
    dispose,
    [Symbol.asyncDispose]: dispose,
  };
}

/** Builds a graph from sizes that come from a file and may fit nothing. */
function built({ path }: WeightFile, title: string, build: () => Graph): Graph {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const what = `${title} with sizes that do not fit together (${error.message})`;
    throw new EngineError('checkpoint.unsupported', { path, what, supported }, { cause: error });
  }
}

function tokenFeed(tokens: readonly (readonly number[])[], { positions, vocabulary }: ClipConfig) {
  for (const token of tokens.flat()) {
    if (!(token >= 0 && token < vocabulary)) throw new RangeError(`token ${token} of ${vocabulary}`);
  }
  return { shape: [tokens.length, positions], data: BigInt64Array.from(tokens.flat(), BigInt) };
}

function layerName(layer: number, { layers }: ClipConfig): string {
  if (Number.isInteger(layer) && layer >= 1 && layer <= layers) return `layer${layer}`;
  const reason = `the text encoder has layers 1 to ${layers}, not ${layer}`;
  throw new EngineError('request.invalid', { field: 'clipSkip', reason });
}
