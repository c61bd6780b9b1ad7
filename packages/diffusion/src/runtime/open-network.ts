import type { Graph } from '@bottega/graph';
import type { WeightFile } from '../checkpoint/weight-file.ts';
import { openInt8 } from './int8-session.ts';
import type { Int8Options } from './int8-session.ts';
import { hasInput, openRemembering, steadyInputs } from './remembering-session.ts';
import type { Session } from './session.ts';

/**
 * A network as the speed mode wants it. Integers are for the UNets, which take nearly all of the time; the text
 * encoders and the VAE stay in floats.
 * @throws EngineError `runtime.failed`, `int8.no-room`, also from `run`.
 */
export async function openNetwork(
  graph: Graph,
  file: WeightFile,
  options: Int8Options = {},
): Promise<Session> {
  const open = options.mode === 'int8' && hasInput(graph, steadyInputs[0]) ? openInt8 : openRemembering;
  return await open(graph, file, steadyInputs, options);
}
