/** Python's `random.Random(seed)`, as far as A1111's extensions choose with it. */
import { mersenneTwisterOf } from './mersenne-twister.ts';

export type PythonRandom = {
  /** One of the items, each as likely. @param items At least one, fewer than 2^31. */
  choice<T>(items: readonly T[]): T;
};

/** @param seed An integer from 0 to 2^32 - 1. */
export function pythonRandom(seed: number): PythonRandom {
  const next = mersenneTwisterOf([seed]);
  return {
    choice: (items) => {
      const bits = 32 - Math.clz32(items.length);
      for (;;) {
        const index = next() >>> (32 - bits);
        if (index < items.length) return items[index];
      }
    },
  };
}
