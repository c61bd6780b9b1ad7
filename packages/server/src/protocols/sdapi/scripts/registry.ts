/** The scripts that a client can choose, and those that are always there. */
import { refusal } from '../refusal.ts';
import { alwaysOn } from './always-on.ts';
import { loopback } from './loopback.ts';
import { outpaintingMk2, poorMansOutpainting } from './outpainting.ts';
import { plot } from './plot.ts';
import { promptMatrix } from './prompt-matrix.ts';
import { prompts } from './prompts.ts';
import { upscale } from './upscale.ts';
import type { Kind, SelectableScript } from './selectable.ts';

/** In the order of A1111's files. */
export const selectable: readonly SelectableScript[] = [
  loopback,
  outpaintingMk2,
  poorMansOutpainting,
  promptMatrix,
  prompts,
  upscale,
  plot,
];

/** `undefined` where none is asked for. @throws SdapiRefusal 422 in A1111's words. */
export function findScript(name: string | null, kind: Kind): SelectableScript | undefined {
  if (name === null || name === '') return undefined;
  const wanted = name.toLowerCase();
  const found = selectable.find((script) => script.name === wanted && script.on.includes(kind));
  if (found === undefined) throw scriptNotFound(name);
  return found;
}

/**
 * Names of scripts of extensions that are not here are let through where they ask for nothing, since clients send
 * them with every request: no arguments, or units that are off, ControlNet's above all.
 * @throws SdapiRefusal 422 in A1111's words.
 */
export function checkAlwaysOn(asked: Readonly<Record<string, unknown>>, kind: Kind): void {
  for (const [name, value] of Object.entries(asked)) {
    const wanted = name.toLowerCase();
    if (selectable.some((script) => script.name === wanted)) {
      throw refusal(422, 'Cannot have a selectable script in the always on scripts params');
    }
    const isKnown = alwaysOn.some((script) => script.name === wanted && script.on.includes(kind));
    if (!isKnown && asksForSomething(value)) throw scriptNotFound(name);
  }
}

function asksForSomething(script: unknown): boolean {
  const { args } = (script ?? {}) as { args?: unknown };
  return Array.isArray(args) ? !args.every(isOff) : args !== undefined && args !== null;
}

function isOff(unit: unknown): boolean {
  return typeof unit === 'object' && unit !== null && (unit as { enabled?: unknown }).enabled === false;
}

function scriptNotFound(name: string) {
  return refusal(422, `Script '${name.slice(0, 200)}' not found`);
}
