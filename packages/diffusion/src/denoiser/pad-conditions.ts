import { tensor } from '../tensor.ts';
import type { Tensor } from '../tensor.ts';
import { withEqualLengths } from './condition.ts';
import type { Condition, Conditioning } from './condition.ts';

/**
 * How prompts of different lengths are made equal: with what an empty text is encoded to, or as versions of A1111
 * before 1.6 did with DDIM and PLMS, by repeating the negative prompt's last token or cutting it off.
 */
export type ConditionPadding = 'last token' | { readonly emptyText: Tensor };

/** A1111's infotext keys. */
const keys = { emptyText: 'Pad conds', lastToken: 'Pad conds v0' };

/**
 * Positive and negative conditions of one length, so that the network can answer both at once (A1111's
 * `pad_cond_uncond` and `pad_cond_uncond_v0`; `get_pred_x0` in its CFGDenoiser). The same object where lengths are
 * equal already.
 */
export function padConditions(given: Conditioning, padding: ConditionPadding): Conditioning {
  const [parts] = given.positive;
  const [negative] = given.negative;
  const positive = withEqualLengths(parts.map(({ condition }) => condition));
  const [[wanted]] = positive.map(({ context }) => context.shape);
  const [length] = negative.context.shape;
  if (wanted === length) return given;
  const isOld = padding === 'last token';
  const fill = (one: Condition, tokens: number): Condition =>
    withContext(one, isOld ? one.context : padding.emptyText, tokens, isOld);
  const padded = isOld ? positive : positive.map((one) => fill(one, Math.max(wanted, length)));
  const other = fill(negative, isOld ? wanted : Math.max(wanted, length));
  return {
    positive: given.positive.map(() =>
      parts.map(({ weight }, index) => ({ condition: padded[index], weight })),
    ),
    negative: given.negative.map(() => other),
    extras: { [isOld ? keys.lastToken : keys.emptyText]: true },
  };
}

/** The first `tokens` of a context; beyond its end come those of `filler`, again and again, or its last one. */
function withContext(
  condition: Condition,
  filler: Tensor,
  tokens: number,
  isLastRepeated: boolean,
): Condition {
  const [length, width] = condition.context.shape;
  const context = tensor([tokens, width]);
  context.data.set(condition.context.data.subarray(0, tokens * width));
  for (let token = length; token < tokens; token++) {
    const from = isLastRepeated ? length - 1 : (token - length) % filler.shape[0];
    context.data.set(filler.data.subarray(from * width, (from + 1) * width), token * width);
  }
  return { ...condition, context };
}
