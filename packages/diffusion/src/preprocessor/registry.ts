import { EngineError } from '../errors.ts';
import { blurGaussian } from './blur-gaussian.ts';
import { canny } from './canny.ts';
import { invert } from './invert.ts';
import { lineartStandard } from './lineart-standard.ts';
import { none } from './none.ts';
import type { Preprocessor } from './preprocessor.ts';
import { scribbleXdog } from './scribble-xdog.ts';
import { threshold } from './threshold.ts';
import { tileColorfix, tileColorfixSharp } from './tile-colorfix.ts';
import { tileResample } from './tile-resample.ts';

/** All preprocessors: none first, then in the extension's order. */
export const preprocessors: readonly Preprocessor[] = [
  none,
  ...[
    canny,
    invert,
    blurGaussian,
    tileResample,
    tileColorfix,
    tileColorfixSharp,
    scribbleXdog,
    threshold,
    lineartStandard,
  ].toSorted((a, b) => (rankOf(a) < rankOf(b) ? 1 : -1)),
];

/** By name or label; "invert (from white bg & black line)" is "invert". @throws EngineError 'preprocessor.unknown' */
export function findPreprocessor(name: string): Preprocessor {
  const found = preprocessors.find((one) => one.name === name || one.label === name);
  if (found !== undefined) return found;
  const known = preprocessors.map((one) => one.name).join(', ');
  throw new EngineError('preprocessor.unknown', { name, known });
}

function rankOf({ priority, label, name }: Preprocessor): string {
  return String(priority).padStart(8, '0') + (label ?? name);
}
