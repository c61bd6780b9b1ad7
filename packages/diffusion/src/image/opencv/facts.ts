/** For tests: what OpenCV made of small pictures, `test-data/preprocessors/facts.json`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import type { Bytes } from '../channels.ts';
import type { FitMode } from '../fit.ts';
import type { Interpolation } from './resize.ts';

type Encoded = { readonly width: number; readonly height: number; readonly data: string };
type Case = { readonly image: string; readonly result: Encoded };

type Facts = {
  readonly pictures: Readonly<Record<string, Encoded>>;
  readonly resize: readonly (Case & { readonly kind: Interpolation })[];
  readonly canny: readonly (Case & { readonly low: number; readonly high: number })[];
  readonly blur: readonly (Case & { readonly sigma: number })[];
  /** Settings are resolution, threshold A and threshold B. */
  readonly maps: readonly (Case & {
    readonly name: string;
    readonly settings: readonly [number, number, number];
  })[];
  readonly fits: readonly (Case & { readonly mode: FitMode })[];
};

const path = join(import.meta.dirname, '../../../test-data/preprocessors/facts.json');

export const facts = JSON.parse(readFileSync(path, 'utf8')) as Facts;

export function decoded({ data, width, height }: Encoded): Bytes {
  return { width, height, data: new Uint8Array(inflateSync(Buffer.from(data, 'base64'))) };
}

export function pictureOf(name: string): Bytes {
  return decoded(facts.pictures[name]);
}

/** Asserts that no byte is off by more than `most`, but for a share of them that may be anything. */
export function assertWithin(actual: Bytes, expected: Bytes, most: number, share = 0): void {
  assert.deepEqual([actual.width, actual.height], [expected.width, expected.height]);
  assert.equal(actual.data.length, expected.data.length);
  const off = expected.data.filter((value, i) => Math.abs(actual.data[i] - value) > most).length;
  assert.ok(
    off <= share * expected.data.length,
    `${off} of ${expected.data.length} bytes are off by more than ${most}`,
  );
}
