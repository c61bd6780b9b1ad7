import type { EncodedText, TextEncoder } from '../denoiser/network.ts';
import { rowOf, stackRows } from '../denoiser/rows.ts';
import type { Tensor } from '../tensor.ts';

/** Chunks that are kept: some hundred kilobytes each. */
const most = 64;

type Row = { readonly hidden: Tensor; readonly pooled?: Tensor };

/**
 * A text encoder that computes each chunk of tokens once while the last few are asked for again: both prompts of
 * the next picture are often the last one's. Chunks with learned words are always computed.
 */
export function rememberedTexts(encode: TextEncoder): TextEncoder {
  const rows = new Map<string, Row>();

  const known = (key: string): Row | undefined => {
    const row = rows.get(key);
    // The last in the map is the last that was asked for.
    if (row !== undefined && rows.delete(key)) rows.set(key, row);
    return row;
  };
  return async (tokens, clipSkip, learned) => {
    if (learned !== undefined) return await encode(tokens, clipSkip, learned);
    const keys = tokens.map((chunk) => `${clipSkip} ${chunk.join()}`);
    const found = new Map(keys.map((key) => [key, known(key)]));
    const missing = [...found].filter(([, row]) => row === undefined).map(([key]) => key);
    if (missing.length > 0) {
      const encoded = await encode(
        missing.map((key) => tokens[keys.indexOf(key)]),
        clipSkip,
      );
      for (const [i, key] of missing.entries()) {
        found.set(key, rowIn(encoded, i));
        rows.set(key, rowIn(encoded, i));
      }
      for (const key of [...rows.keys()].slice(0, Math.max(0, rows.size - most))) rows.delete(key);
    }
    return stacked(keys.flatMap((key) => found.get(key) ?? []));
  };
}

/** A copy, so that it outlives the batch without keeping all of it. */
function rowIn({ hidden, pooled }: EncodedText, index: number): Row {
  return { hidden: copied(rowOf(hidden, index)), pooled: pooled && copied(rowOf(pooled, index)) };
}

function copied({ shape, data }: Tensor): Tensor {
  return { shape, data: data.slice() };
}

function stacked(rows: readonly Row[]): EncodedText {
  const pooled = rows.flatMap((row) => row.pooled ?? []);
  return {
    hidden: stackRows(rows.map(({ hidden }) => hidden)),
    pooled: pooled.length === 0 ? undefined : stackRows(pooled),
  };
}
