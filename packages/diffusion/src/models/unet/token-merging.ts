/** Token merging: attention among fewer pixels (Bolya and Hoffman 2023, arXiv:2303.17604). */
import {
  add,
  byPlace,
  cutAfter,
  elementsOfEach,
  input,
  largest,
  listForEach,
  minus,
  numbersAt,
  oneAfterTheOther,
  products,
  ranked,
  reshape,
  rowCount,
  rowNumbers,
  rowsAveraged,
  rowsOfEach,
  sameRows,
  symbol,
  unitVectors,
} from '@bottega/graph';
import type { Value } from '@bottega/graph';

/** Which pixels may be merged into which, and how many are; the same for every picture of a batch. */
export type TokenMerging = {
  /** `[sources]`: pixels that may be merged, by their numbers from left to right and top to bottom. */
  readonly sources: Value;
  /** `[destinations]`: all others, which stay. */
  readonly destinations: Value;
  /** `[1]`: how many sources are merged. */
  readonly merged: Value;
};

/** The inputs of a graph that say it, named as in `TokenMerging`. */
export function tokenMergingInputs(): TokenMerging {
  return {
    sources: input('sources', 'i64', [symbol('sources')]),
    destinations: input('destinations', 'i64', [symbol('destinations')]),
    merged: input('merged', 'i64', [1]),
  };
}

/** Both directions: pixels to fewer, and what was made of these back to all. */
export type MergedPixels = {
  /** `[batch, pixels, width]` to `[batch, kept, width]`: the sources that are left, then the destinations. */
  readonly merge: (pixels: Value) => Value;
  /** `[batch, kept, width]` to `[batch, pixels, width]`: merged sources get what their destination has. */
  readonly spread: (kept: Value) => Value;
};

/**
 * Matches each source with the destination that points most nearly the same way, and takes the best matches.
 * @param pixels what is compared, `[batch, pixels, width]`.
 */
export function mergedPixels(pixels: Value, { sources, destinations, merged }: TokenMerging): MergedPixels {
  const [batch, extent] = pixels.shape;
  const [sourceCount] = sources.shape;
  const unit = unitVectors(pixels);
  const likeness = products(sameRows(unit, sources), sameRows(unit, destinations));
  const { values, places } = largest(likeness);
  const matches = reshape(places, [batch, sourceCount]);
  const order = ranked(reshape(values, [batch, sourceCount]));
  const mergedCount = symbol('merged');
  const [gone, left] = cutAfter(order, merged, [mergedCount, minus(sourceCount, mergedCount)]);
  const target = elementsOfEach(matches, gone);
  const [goneNumbers, leftNumbers] = [numbersAt(sources, gone), numbersAt(sources, left)];
  return {
    merge: (h) => {
      const stay = rowsAveraged(sameRows(h, destinations), target, rowsOfEach(h, goneNumbers));
      return oneAfterTheOther([rowsOfEach(h, leftNumbers), stay]);
    },
    spread: (kept) => {
      const stays = listForEach(destinations, order);
      const all = oneAfterTheOther([leftNumbers, stays, goneNumbers], extent);
      const ofMerged = add(target, rowCount(left));
      const rows = oneAfterTheOther([listForEach(rowNumbers(kept), order), ofMerged], extent);
      return rowsOfEach(kept, byPlace(all, rows));
    },
  };
}
