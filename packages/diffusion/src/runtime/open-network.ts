import type { Graph } from '@bottega/graph';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import type { IntegerPlan } from '../int8/plan.ts';
import { openInt8 } from './int8-session.ts';
import type { Int8Options } from './int8-session.ts';
import { openRemembering, steadyInputs } from './remembering-session.ts';
import type { Session } from './session.ts';

/**
 * A network as the speed mode wants it.
 * @param plan how it is computed with integers in the mode for them; without, it is in floats there too.
 * @throws EngineError `runtime.failed`, `int8.no-room`, also from `run`.
 */
export async function openNetwork(
  graph: Graph,
  file: WeightFile,
  options: Int8Options = {},
  plan?: IntegerPlan,
): Promise<Session> {
  return plan !== undefined && options.mode === 'int8'
    ? await openInt8(graph, file, steadyInputs, plan, options)
    : await openRemembering(graph, file, steadyInputs, options);
}
