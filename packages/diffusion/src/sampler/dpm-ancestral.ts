import { ancestralStep } from './ancestral-step.ts';
import { sigmaOf, timeOf } from './dpm-solver.ts';

/** How far a step from `t` to `tNext` walks, and how much noise it then adds; never past `tEnd`. */
export function ancestralTime(
  t: number,
  tNext: number,
  tEnd: number,
  eta: number,
): { readonly target: number; readonly sigmaUp: number } {
  if (eta === 0) return { target: tNext, sigmaUp: 0 };
  const { sigmaDown } = ancestralStep(sigmaOf(t), sigmaOf(tNext), eta);
  const target = Math.min(tEnd, timeOf(sigmaDown));
  return { target, sigmaUp: Math.sqrt(sigmaOf(tNext) ** 2 - sigmaOf(target) ** 2) };
}
