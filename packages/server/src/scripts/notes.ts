/** Adds parameters to an infotext where A1111 puts its scripts' own: before the version. */
import { quote } from '@bottega/diffusion';
import type { Notes } from './plan.ts';

/** @example withNotes('a\nSteps: 4, Version: 1', [['Script', 'X/Y/Z plot']]) // 'a\nSteps: 4, Script: X/Y/Z plot, Version: 1' */
export function withNotes(infotext: string, notes: Notes): string {
  if (notes.length === 0) return infotext;
  const added = notes.map(([name, value]) => `, ${name}: ${quote(value)}`).join('');
  const start = infotext.lastIndexOf('\n') + 1;
  const version = infotext.lastIndexOf(', Version: ');
  const end = version < start ? infotext.length : version;
  return infotext.slice(0, end) + added + infotext.slice(end);
}
