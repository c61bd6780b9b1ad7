import type { Family } from './family.ts';
import { sd1 } from './sd1.ts';
import { sd2 } from './sd2.ts';
import { sdxl } from './sdxl.ts';
import { sdxlRefiner } from './sdxl-refiner.ts';

const families: ReadonlyMap<string, Family> = new Map(
  [sd1, sd2, sdxl, sdxlRefiner].map((family) => [family.architecture, family]),
);

/** The family of an architecture; undefined for files that pictures cannot be drawn with. */
export function familyOf(architecture: string): Family | undefined {
  return families.get(architecture);
}
