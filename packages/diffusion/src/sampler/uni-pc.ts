import type { Tensor } from '../tensor.ts';
import { combine } from './arithmetic.ts';
import type { SamplerOptions } from './options.ts';
import type { PredictNoise, TimestepContext } from './sampler.ts';
import { uniPcVariants } from './uni-pc-coefficients.ts';
import { continuousNoise, uniPcTimes } from './uni-pc-times.ts';

/** A time passed and the clean picture seen there. */
type Seen = { readonly t: number; readonly denoised: Tensor };

/** Multistep predictor and corrector. Zhao et al.: "UniPC: a unified predictor-corrector framework for fast sampling of diffusion models" (2023), algorithms 5 and 6. */
export async function uniPc(
  predict: PredictNoise,
  start: Tensor,
  timesteps: readonly number[],
  context: TimestepContext,
): Promise<Tensor> {
  const { alphasCumprod, options, fromPicture } = context;
  const total = alphasCumprod.length;
  const noise = continuousNoise(alphasCumprod);
  const steps = timesteps.length;
  const first = fromPicture ? (timesteps[steps - 1] + 1) / total : 1;
  const times = uniPcTimes[options.uniPcSkipType](noise, Math.fround(first), 1 / total, steps + 1);

  const see = async (x: Tensor, t: number): Promise<Seen> => {
    const { guided: eps } = await predict(x, Math.fround(Math.fround(t - 1 / total) * 1000));
    return { t, denoised: combine([1 / noise.alpha(t), x], [-noise.sigma(t) / noise.alpha(t), eps]) };
  };

  let x = start;
  let seen: readonly Seen[] = [await see(x, times[0])];
  for (let step = 1; step <= steps; step++) {
    const [last, ...older] = seen;
    const t = times[step];
    const order = orderOf(step, steps, options);
    const h = noise.lambda(t) - noise.lambda(last.t);
    const used = older.slice(0, order - 1);
    const ratios = used.map((past) => (noise.lambda(past.t) - noise.lambda(last.t)) / h);
    const { predictor, corrector } = uniPcVariants[options.uniPcVariant](ratios, h);

    const alpha = noise.alpha(t);
    const base = combine([noise.sigma(t) / noise.sigma(last.t), x], [-alpha * Math.expm1(-h), last.denoised]);
    const differences = used.map(({ denoised }, i) =>
      combine([1 / ratios[i], denoised], [-1 / ratios[i], last.denoised]),
    );
    const move = (weights: readonly number[], along: readonly Tensor[]): Tensor =>
      combine([1, base], ...along.map((difference, i) => [-alpha * weights[i], difference] as const));

    x = move(predictor, differences);
    // The last prediction is not corrected, which spares an evaluation.
    if (step < steps) {
      const now = await see(x, t);
      const change = combine([1, now.denoised], [-1, last.denoised]);
      x = move(corrector, [...differences, change]);
      seen = [now, ...seen].slice(0, options.uniPcOrder);
    }
    context.onStep({ index: step - 1, level: timesteps[steps - step], denoised: seen[0].denoised });
  }
  return x;
}

/** Lower at the start, where little has been seen, and (by option) at the end, for stability. */
function orderOf(step: number, steps: number, options: SamplerOptions): number {
  if (step < options.uniPcOrder) return step;
  return options.uniPcLowerOrderFinal ? Math.min(options.uniPcOrder, steps + 1 - step) : options.uniPcOrder;
}
