import type { Graph } from '@bottega/graph';
import { weightsOf } from '@bottega/graph';
import type { LoadOptions } from '../api.ts';
import { changedWeights } from '../adapter/change-weights.ts';
import type { AdapterUse } from '../adapter/change-weights.ts';
import { changedGraph, changeOf } from '../adapter/network-change.ts';
import type { NetworkChange, OutlinedUse } from '../adapter/network-change.ts';
import { branchTensors } from '../adapter/side-branch.ts';
import type { HyperUse } from '../hypernetwork/hyper-use.ts';
import { hypernetworkTensors } from '../hypernetwork/with-hypernetworks.ts';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { IntegerPlan } from '../int8/plan.ts';
import type { Session } from './session.ts';
import { openNetwork } from './open-network.ts';
import { openRemembering, steadyInputs } from './remembering-session.ts';
import type { Variant } from './session-pool.ts';
import { storeWeights } from './store-weights.ts';

/** Adapters and hypernetworks in use, for all networks of a checkpoint. */
export type Adaptation = {
  /** Equal for what does the same. */
  readonly key: string;
  readonly uses: readonly OutlinedUse[];
  readonly hypernetworks: readonly HyperUse[];
  /** Reads them again with all their numbers. */
  readonly read: () => Promise<readonly AdapterUse[]>;
};

/** What adapters make of one network; undefined where they leave it as it is. */
export function variantOf(
  graph: Graph,
  file: WeightFile,
  adaptation: Adaptation,
  options: LoadOptions,
  plan?: IntegerPlan,
): Variant | undefined {
  const change = changeOf(weightsOf(graph), adaptation.uses, adaptation.hypernetworks);
  if (change === undefined) return undefined;
  const { key, strengths } = change;
  return {
    key,
    open: () => openChanged(graph, file, change, adaptation, options, plan),
    feeds: strengths.length === 0 ? {} : { strengths: { shape: [strengths.length], data: strengths } },
  };
}

async function openChanged(
  graph: Graph,
  file: WeightFile,
  change: NetworkChange,
  { read }: Adaptation,
  options: LoadOptions,
  plan?: IntegerPlan,
): Promise<Session> {
  const { branches, hypernetworks, overridden } = change;
  const computed =
    overridden.size === 0
      ? undefined
      : await storeWeights(
          changedWeights(file, await read(), (name) => overridden.has(name)),
          options.scratchFolder,
        );
  const tensors = new Map([
    ...file.tensors,
    ...branchTensors(branches),
    ...hypernetworkTensors(hypernetworks),
    ...(computed?.tensors ?? []),
  ]);
  try {
    const changed = changedGraph(graph, change);
    const adapted = { ...file, tensors };
    // Integers are kept for the checkpoint's own weights: where others take their place, floats compute.
    const session =
      computed === undefined
        ? await openNetwork(changed, adapted, { ...options, isAdapted: true }, plan)
        : await openRemembering(changed, adapted, steadyInputs, options);
    return {
      ...session,
      dispose: async () => {
        await session.dispose();
        await computed?.remove();
      },
    };
  } catch (error) {
    await computed?.remove();
    throw error;
  }
}
