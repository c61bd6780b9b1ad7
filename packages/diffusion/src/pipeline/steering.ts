import type { ConditioningAt } from '../denoiser/condition.ts';
import type { Network } from '../denoiser/network.ts';
import type { DrawingNetworks } from '../runtime/networks.ts';
import type { UsedEmbeddings } from './adapters/use-embeddings.ts';
import { conditioningOf } from './conditioning.ts';
import type { LoadedModel } from './load-model.ts';
import type { Job } from './prepare-job.ts';

/** What takes noise away, and towards what. */
export type Steering = {
  readonly network: Network;
  /** For a number of pictures that share their prompts. */
  readonly conditioning: (pictures: number) => ConditioningAt;
};

/**
 * Gives a network up when nobody waits for it any more, and says at which step it failed: the last finished one, or
 * so many ahead.
 */
export type Guard = <Input extends readonly unknown[], Result>(
  run: (...input: Input) => Promise<Result>,
  ahead?: number,
) => (...input: Input) => Promise<Result>;

/**
 * Encodes the prompts of a job for a model.
 * @param drawing its networks, changed by adapters or not.
 */
export async function steeringOf(
  { networks, tokenizers }: LoadedModel,
  drawing: DrawingNetworks,
  { plans, learned }: Pick<UsedEmbeddings, 'plans' | 'learned'>,
  { request, modelOptions }: Pick<Job, 'request' | 'modelOptions'>,
  guard: Guard,
): Promise<Steering> {
  const conditioning = await conditioningOf({
    family: networks.family,
    encoders: drawing.textEncoders.map((encode) => guard(encode)),
    plans,
    learned,
    startId: tokenizers[0].startId,
    endId: tokenizers[0].endId,
    emphasis: request.emphasis,
    clipSkip: request.clipSkip,
    size: request.drawn,
    options: modelOptions,
  });
  const { tokenMerging } = request;
  const network: Network =
    tokenMerging === 0 ? drawing.network : (input) => drawing.network({ ...input, tokenMerging });
  return { network: guard(network, 1), conditioning };
}
