import { invert, solveLinear } from './linear-system.ts';

/** Weights of the differences to the last known value, in units of alpha: of the older values, then of the new one. */
export type UniPcCoefficients = {
  readonly predictor: readonly number[];
  readonly corrector: readonly number[];
};

/**
 * @param ratios where the older values lie, in steps of `h` before the last (negative).
 * @param h the step in half log-SNR.
 */
export type UniPcVariant = (ratios: readonly number[], h: number) => UniPcCoefficients;

/** B1(h) = h and B2(h) = e^h - 1 of Zhao et al.: "UniPC: a unified predictor-corrector framework" (2023), section 3.2. */
function bh(scaleOf: (hh: number) => number): UniPcVariant {
  return (ratios, h) => {
    const hh = -h;
    const scale = scaleOf(hh);
    const nodes = [...ratios, 1];
    const order = nodes.length;
    const right: number[] = [];
    let factorial = 1;
    let phi = Math.expm1(hh) / hh - 1;
    for (let i = 1; i <= order; i++) {
      right.push((phi * factorial) / scale);
      factorial *= i + 1;
      phi = phi / hh - 1 / factorial;
    }
    const powers = nodes.map((_, i) => nodes.map((node) => node ** i));
    const inner = powers.slice(0, -1).map((row) => row.slice(0, -1));
    // The orders that the paper simplifies.
    const predictor = order === 2 ? [0.5] : solveLinear(inner, right.slice(0, -1));
    const corrector = order === 1 ? [0.5] : solveLinear(powers, right);
    return {
      predictor: predictor.map((weight) => weight * scale),
      corrector: corrector.map((weight) => weight * scale),
    };
  };
}

/** Coefficients that depend on the step sizes, appendix C. */
function varyingCoefficients(ratios: readonly number[], h: number): UniPcCoefficients {
  const hh = -h;
  const nodes = [...ratios, 1];
  const order = nodes.length;
  const phis: number[] = [];
  let factorial = 1;
  let phi = Math.expm1(hh);
  for (let k = 1; k <= order + 1; k++) {
    phis.push(phi);
    phi = phi / hh - 1 / factorial;
    factorial *= k + 1;
  }
  let column = nodes.map(() => 1);
  const columns = nodes.map((_, k) => {
    const current = column;
    column = column.map((value, i) => (value * nodes[i]) / (k + 2));
    return current;
  });
  const matrix = nodes.map((_, i) => columns.map((values) => values[i]));
  const inner = invert(matrix.slice(0, -1).map((row) => row.slice(0, -1)));
  const full = invert(matrix);
  const weigh = (inverse: readonly (readonly number[])[], j: number): number =>
    ratios.reduce((sum, _, k) => sum + phis[k + 1] * inverse[k][j], 0);
  // The original takes the new value's weight from the row before the last.
  const newest = phis[order] * full[Math.max(order - 2, 0)][order - 1];
  return {
    predictor: ratios.map((_, j) => weigh(inner, j)),
    corrector: [...ratios.map((_, j) => weigh(full, j)), newest],
  };
}

/** By A1111's option value. */
export const uniPcVariants: Readonly<Record<string, UniPcVariant>> = {
  bh1: bh((hh) => hh),
  bh2: bh((hh) => Math.expm1(hh)),
  vary_coeff: varyingCoefficients,
};
