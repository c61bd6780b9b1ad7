import type { Graph } from '@bottega/graph';
import { circular, weightsOf } from '@bottega/graph';
import type { CheckpointInfo, LoadOptions } from '../api.ts';
import { describe } from '../checkpoint/inspect-checkpoint.ts';
import { kindOf } from '../checkpoint/kinds.ts';
import { openWeights } from '../checkpoint/open-weights.ts';
import { verifyAnchors, verifyWeights } from '../checkpoint/verify-weights.ts';
import { shapesOf } from '../checkpoint/weight-file.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { Decoder, Encoder, Network, TextEncoder } from '../denoiser/network.ts';
import { EngineError } from '../errors.ts';
import { decoderIntegers, unetIntegers } from '../int8/plan.ts';
import type { IntegerPlan } from '../int8/plan.ts';
import { familyOf } from '../models/families/families.ts';
import type { Family, TextConfig, TextPart } from '../models/families/family.ts';
import { controlNames } from '../models/unet/control-names.ts';
import { headsFrom, unetAnchors, unetConfigOf } from '../models/unet/config.ts';
import type { UNetConfig } from '../models/unet/config.ts';
import { unet } from '../models/unet/unet.ts';
import type { UNetOptions } from '../models/unet/unet.ts';
import { latentFactorOf, vaeAnchors, vaeConfigOf, vaePrefixIn } from '../models/vae/config.ts';
import type { VaeConfig } from '../models/vae/config.ts';
import { vaeDecoder } from '../models/vae/decoder.ts';
import { vaeEncoder } from '../models/vae/encoder.ts';
import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { variantOf } from './adaptation.ts';
import type { Adaptation } from './adaptation.ts';
import { adapterShelf } from './adapter-shelf.ts';
import type { AdapterOrder, HyperOrder } from './adapter-shelf.ts';
import { requireFinite } from './finite.ts';
import type { Feed } from './protocol.ts';
import { mergingFeeds } from './merging-feeds.ts';
import { openNetwork } from './open-network.ts';
import { decoderByMemory, encoderByMemory } from './strips/by-memory.ts';
import type { ByMemoryOptions } from './strips/by-memory.ts';
import { rememberedTexts } from './remembered-texts.ts';
import { sessionPool } from './session-pool.ts';
import type { SessionPool, Variant } from './session-pool.ts';
import { warmUp } from './thread.ts';

/** The networks that adapters change. */
export type DrawingNetworks = {
  readonly network: Network;
  /** In the order in which the UNet reads what they give. */
  readonly textEncoders: readonly TextEncoder[];
};

/** The networks of a checkpoint as functions. Each is prepared when it is first called, and kept. */
export type Networks = AsyncDisposable &
  DrawingNetworks & {
    readonly info: CheckpointInfo;
    readonly family: Family;
    readonly configs: {
      readonly unet: UNetConfig;
      /** One for each text encoder of the family. */
      readonly text: readonly TextConfig[];
      readonly vae: VaeConfig;
    };
    /** The names of tensors that belong to no network, with which tools mark files: `v_pred`, `ztsnr`. */
    readonly marks: ReadonlySet<string>;
    /**
     * The same with adapters, which act in this order. They share the weights that do not change with the plain ones;
     * those of the last few sets of adapters stay prepared.
     * @throws EngineError `checkpoint.*`, `adapter.*` where one cannot be read or does not fit the checkpoint.
     */
    adapted(orders: readonly AdapterOrder[], hypers?: readonly HyperOrder[]): Promise<DrawingNetworks>;
    readonly decoder: Decoder;
    readonly encoder: Encoder;
    /** The same whose pictures have edges that fit together: every convolution sees the opposite edge. */
    tiled(): Networks;
    /** Releases what the runtime holds; the functions must not be called any more. */
    dispose(): Promise<void>;
  };

/** A network: what it is fed, which of its outputs are wanted, and what changes it. */
type Run = (
  feeds: Readonly<Record<string, Feed>>,
  outputs: readonly string[],
  adaptation?: Adaptation,
) => Promise<readonly Tensor[]>;

/** Sessions of one network that are kept: the plain one among them. In the fast mode each has weights of its own. */
const keptSessions = { default: 4, fast: 1, int8: 4 } as const;

/** `freeMemory` decides which pictures pass through the VAE in strips. */
export type NetworkOptions = LoadOptions &
  Pick<ByMemoryOptions, 'freeMemory'> & {
    /** Makes convolutions circular; default false. */
    readonly tiling?: boolean;
  };

/** What a refusal offers instead. */
const supported = 'Stable Diffusion 1, 2, XL and its refiner';

/**
 * Opens a checkpoint: reads its header, derives every size from the shapes of its tensors and checks that all
 * weights are there. No weight is read before a network first runs.
 * @throws EngineError `checkpoint.*`, each naming the file; `checkpoint.unsupported` says what the file is.
 * @example
 *   await using model = await openNetworks('models/v1-5-pruned-emaonly.safetensors');
 *   const { hidden } = await model.textEncoders[0]([tokens], 1);
 */
export async function openNetworks(path: string, options: NetworkOptions = {}): Promise<Networks> {
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

/** The networks of opened files, whatever the UNet's inputs. */
export function networksOf(file: WeightFile, vaeFile: WeightFile, options: NetworkOptions): Networks {
  const { overrides = {} } = options;
  const shapes = shapesOf(file);
  const vaeShapes = shapesOf(vaeFile);
  const { title, architecture } = kindOf(shapes);
  const family = familyOf(architecture);
  if (family === undefined) {
    throw new EngineError('checkpoint.unsupported', { path: file.path, what: title, supported });
  }
  const texts = family.textEncoders.map((part) => ({ part, prefix: part.prefixIn(shapes) }));
  const vaePrefix = vaePrefixIn(vaeShapes) ?? 'first_stage_model.';
  verifyAnchors(file, unetAnchors(), title);
  for (const { part, prefix } of texts) verifyAnchors(file, part.anchors(prefix), title);
  verifyAnchors(vaeFile, vaeAnchors(vaePrefix), title);
  const configs = {
    unet: unetConfigOf(shapes, headsFrom(overrides)),
    text: texts.map(({ part, prefix }) => part.configOf(shapes, prefix, overrides)),
    vae: vaeConfigOf(vaeShapes, vaePrefix),
  };

  const pools: SessionPool[] = [];
  let disposed = false;
  const prepare = (
    weights: WeightFile,
    build: () => Graph,
    how: LoadOptions = options,
    plan?: IntegerPlan,
  ): Run => {
    if (disposed) throw new Error('the model has been disposed of');
    const plain = built(weights, title, build);
    const graph = options.tiling ? circular(plain) : plain;
    verifyWeights(weights, weightsOf(graph), title);
    const pool = sessionPool(
      () => openNetwork(graph, weights, how, plan),
      keptSessions[how.mode ?? 'default'],
    );
    pools.push(pool);
    const variants = new WeakMap<Adaptation, { readonly variant: Variant | undefined }>();
    const changedBy = (adaptation: Adaptation): Variant | undefined => {
      const known = variants.get(adaptation) ?? {
        variant: variantOf(graph, weights, adaptation, options, plan),
      };
      variants.set(adaptation, known);
      return known.variant;
    };
    return async (feeds, outputs, adaptation) =>
      (await pool.run(feeds, outputs, adaptation && changedBy(adaptation))).map(requireFinite);
  };
  const plainUNet = prepare(file, () => unet(configs.unet), options, unetIntegers);
  const runTexts = texts.map(({ part }, i) => prepare(file, () => part.graph(configs.text[i])));
  // The VAE has few weights and spends all its time in convolutions, which the runtime does a fifth faster once it has
  // laid out what they are given; that takes half a second, once.
  const laidOut = { ...options, mode: 'fast' } as const;
  const decoding = options.mode === 'int8' ? options : laidOut;
  const runDecoder = prepare(vaeFile, () => vaeDecoder(configs.vae), decoding, decoderIntegers);
  // Few need the encoder and some files lack it, so it is looked for when it is first called.
  let runEncoder: Run | undefined;
  const unets = new Map([['', plainUNet]]);
  const unetWith = (variant: UNetOptions): Run => {
    const key = Object.keys(variant).join();
    const run = unets.get(key) ?? prepare(file, () => unet(configs.unet, variant), options, unetIntegers);
    unets.set(key, run);
    return run;
  };

  const dispose = async (): Promise<void> => {
    disposed = true;
    await Promise.all([...pools.map((pool) => pool.dispose()), tiled?.dispose()]);
  };
  let tiled: Networks | undefined;
  const decode: Decoder = async (latents) => (await runDecoder({ latents }, ['pixels']))[0];
  const encode: Encoder = async (pixels) => {
    runEncoder ??= prepare(vaeFile, () => vaeEncoder(configs.vae), laidOut);
    return (await runEncoder({ pixels }, ['moments']))[0];
  };
  const drawnWith = (adaptation?: Adaptation): DrawingNetworks => ({
    network: async ({ x, timesteps, context, vector, controls, tokenMerging = 0 }) => {
      const times = { shape: [timesteps.length], data: timesteps };
      const feeds = { x, timesteps: times, context, ...(vector && { vector }) };
      const merging = tokenMerging > 0 ? mergingFeeds(configs.unet, x.shape, tokenMerging) : undefined;
      const run = unetWith({ ...(controls && { controlled: true }), ...(merging && { merging: true }) });
      const said = controls && controlFeeds(controls);
      return (await run({ ...feeds, ...said, ...merging }, ['out'], adaptation))[0];
    },
    textEncoders: texts.map(({ part }, i) =>
      rememberedTexts(async (tokens, clipSkip, learned) => {
        const config = configs.text[i];
        const outputs = [outputAt(clipSkip, part, config), ...(part.isPooled ? ['pooled'] : [])];
        const feeds = textFeeds(tokens, config, learned);
        const [hidden, pooled] = await runTexts[i](feeds, outputs, adaptation);
        return { hidden, pooled };
      }),
    ),
  });
  // The next picture often has the same adapters; then the text need not be encoded again.
  let lastAdapted: { readonly key: string; readonly networks: DrawingNetworks } | undefined;
  const shelf = adapterShelf(shapes, describe(file).name);
  return {
    info: { ...describe(file), latentFactor: latentFactorOf(configs.vae), sha256: options.sha256 },
    family,
    configs,
    marks: new Set([...file.tensors.keys()].filter((name) => !name.includes('.'))),
    ...drawnWith(),
    adapted: async (orders, hypers) => {
      const adaptation = await shelf.adaptationOf(orders, hypers);
      const { key } = adaptation;
      if (lastAdapted?.key !== key) lastAdapted = { key, networks: drawnWith(adaptation) };
      return lastAdapted.networks;
    },
    // Strips end at the edges, which must see each other where pictures are tiles.
    decoder: options.tiling ? decode : decoderByMemory(configs.vae, vaeFile, options, decode),
    encoder: options.tiling ? encode : encoderByMemory(configs.vae, vaeFile, options, encode),
    tiled: () => (tiled ??= networksOf(file, vaeFile, { ...options, tiling: true })),
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

function controlFeeds(controls: readonly Tensor[]): Readonly<Record<string, Feed>> {
  const names = controlNames(controls.length - 1);
  return Object.fromEntries(names.map((name, i) => [name, controls[i]]));
}

function textFeeds(
  tokens: readonly (readonly number[])[],
  { positions, vocabulary, width }: TextConfig,
  learned?: Tensor,
): Readonly<Record<'tokens' | 'learned', Feed>> {
  const rows = learned?.shape[0] ?? 0;
  const ids = tokens.flat().map((token) => {
    if (!(token >= -rows && token < vocabulary)) throw new RangeError(`token ${token} of ${vocabulary}`);
    return BigInt(token < 0 ? vocabulary - 1 - token : token);
  });
  return {
    tokens: { shape: [tokens.length, positions], data: BigInt64Array.from(ids) },
    learned: learned ?? tensor([1, width]),
  };
}

function outputAt(clipSkip: number | undefined, part: TextPart, { layers }: TextConfig): string {
  const isThere = Number.isInteger(clipSkip) && Number(clipSkip) >= 1 && Number(clipSkip) <= layers;
  if (isThere || clipSkip === undefined) return part.outputAt(clipSkip);
  const reason = `the text encoder has layers 1 to ${layers}, not ${clipSkip}`;
  throw new EngineError('request.invalid', { field: 'clipSkip', reason });
}
