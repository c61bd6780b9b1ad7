import { instructions } from './instructions.ts';
import { limits } from './limits.ts';
import { PickleMachine } from './machine.ts';
import type { Refusals } from './refusals.ts';
import type { PickleStorage, PickleValue } from './values.ts';

/**
 * Runs one pickle as data: it can build plain containers, numbers, texts and descriptions of tensors, and mention a
 * short list of names. Nothing of it is executed; time and memory are bounded by the length of `bytes`.
 * @param at where it begins.
 * @param onStorage is told of each storage that is mentioned, again each time.
 * @returns its value, and where the bytes behind it begin.
 * @throws EngineError `checkpoint.unsafe` naming what it asks for beyond that, `.malformed`, `.truncated`.
 */
export function unpickle(
  bytes: Buffer,
  at: number,
  refuse: Refusals,
  onStorage: (storage: PickleStorage) => void = () => {},
): { readonly value: PickleValue; readonly end: number } {
  const machine = new PickleMachine(bytes, at, refuse, onStorage);
  for (let count = 0; machine.result === undefined; count++) {
    if (count >= limits.instructions) throw refuse.malformed('its pickle has too many instructions');
    const code = machine.byte();
    const run = instructions.get(code);
    if (run === undefined) throw refuse.malformed(`its pickle has the unknown instruction ${code}`);
    run(machine);
  }
  return { value: machine.result, end: machine.at };
}
