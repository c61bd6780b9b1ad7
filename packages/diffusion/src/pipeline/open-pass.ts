import type { Model, RunOptions } from '../api.ts';
import type { TextEncoder } from '../denoiser/network.ts';
import type { InfotextParameters } from '../infotext/write.ts';
import { useAdapters } from './adapters/use-adapters.ts';
import { useEmbeddings } from './adapters/use-embeddings.ts';
import { partsOf } from './load-model.ts';
import type { PassJob } from './prepare-job.ts';
import { steeringOf } from './steering.ts';
import type { Guard, Steering } from './steering.ts';

/** A pass with the networks that its words ask for. */
export type OpenedPass = {
  readonly textEncoders: readonly TextEncoder[];
  /**
   * Encodes the words.
   * @param textEncoders default the pass' own.
   */
  readonly steer: (textEncoders?: readonly TextEncoder[]) => Promise<Steering>;
  /** What infotext says of adapters: hashes by name. */
  readonly hashes: ReadonlyMap<string, string>;
  /** What infotext says of embeddings. */
  readonly parameters: InfotextParameters;
  /** What was asked for and is not there. */
  readonly warnings: readonly string[];
};

/** Finds what the words of a pass name. @throws EngineError as `useAdapters` does. */
export async function openPass(
  model: Model,
  job: PassJob,
  adapters: RunOptions['adapters'],
  guard: Guard,
): Promise<OpenedPass> {
  const parts = partsOf(model, job.request.tiling);
  const { ignoresNetworks, tellsAdapters, tellsEmbeddings } = job.modelOptions;
  const asked = ignoresNetworks ? [] : job.asked;
  const adapted = await useAdapters(parts.networks, asked, adapters);
  const words = await useEmbeddings(parts.networks, adapters?.embeddings ?? [], job.plan);
  const { textEncoders } = adapted.networks;
  return {
    textEncoders,
    steer: (own = textEncoders) =>
      steeringOf(parts, { ...adapted.networks, textEncoders: own }, words, job, guard),
    hashes: tellsAdapters ? adapted.hashes : new Map(),
    parameters: tellsEmbeddings ? words.parameters : [],
    warnings: [...adapted.warnings, ...words.warnings],
  };
}

/** What infotext says of the words of all passes: the adapters of all, as in A1111, and the first one's embeddings. */
export function wordParameters(passes: readonly [OpenedPass, ...OpenedPass[]]): InfotextParameters {
  const hashes = new Map(passes.flatMap((pass) => [...pass.hashes]));
  const listed = [...hashes].map(([name, hash]) => `${name}: ${hash}`).join(', ');
  return [...(listed === '' ? [] : [['Lora hashes', listed] as const]), ...passes[0].parameters];
}
