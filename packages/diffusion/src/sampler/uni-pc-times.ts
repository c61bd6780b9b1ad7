import { linspace } from '../schedule/linspace.ts';

const { exp, fround, log, log1p, sqrt } = Math;

/** The noise schedule in continuous time: t = (timestep + 1) / 1000, log alpha linear in between, float32. */
export type ContinuousNoise = {
  readonly alpha: (t: number) => number;
  readonly sigma: (t: number) => number;
  /** Half the log of the signal-to-noise ratio: log(alpha / sigma). */
  readonly lambda: (t: number) => number;
  readonly timeOfLambda: (lambda: number) => number;
};

/** Lu et al.: "DPM-Solver" (2022), appendix D.4. */
export function continuousNoise(alphasCumprod: Float32Array): ContinuousNoise {
  const times = linspace(0, 1, alphasCumprod.length + 1).subarray(1);
  const logs = alphasCumprod.map((alpha) => 0.5 * fround(log(alpha)));
  const [timesDown, logsUp] = [times.toReversed(), logs.toReversed()];
  const logAlpha = (t: number): number => interpolate(t, times, logs);
  const variance = (t: number): number => fround(1 - fround(exp(2 * logAlpha(t))));
  return {
    alpha: (t) => fround(exp(logAlpha(t))),
    sigma: (t) => fround(sqrt(variance(t))),
    lambda: (t) => fround(logAlpha(t) - 0.5 * fround(log(variance(t)))),
    timeOfLambda: (lambda) => interpolate(-0.5 * logOnePlusExp(-2 * lambda), logsUp, timesDown),
  };
}

/** Times from `start` to `end`, both included, spread as the option says; ends at the first timestep. */
export const uniPcTimes: Readonly<
  Record<string, (noise: ContinuousNoise, start: number, end: number, count: number) => Float32Array>
> = {
  time_uniform: (_, start, end, count) => linspace(start, end, count),
  time_quadratic: (_, start, end, count) => linspace(sqrt(start), sqrt(end), count).map((root) => root ** 2),
  logSNR: (noise, start, end, count) =>
    linspace(noise.lambda(start), noise.lambda(end), count).map(noise.timeOfLambda),
};

function logOnePlusExp(value: number): number {
  return value > 0 ? value + log1p(exp(-value)) : log1p(exp(value));
}

/** Piecewise linear through ascending `xs`, beyond them along the outermost pieces. */
function interpolate(x: number, xs: Float32Array, ys: Float32Array): number {
  const above = xs.findIndex((value) => value > x);
  const last = xs.length - 2;
  const low = above === -1 ? last : Math.min(Math.max(above - 1, 0), last);
  const slope = (ys[low + 1] - ys[low]) / (xs[low + 1] - xs[low]);
  return fround(ys[low] + (x - xs[low]) * slope);
}
