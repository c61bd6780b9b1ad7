import { EngineError } from '../../errors.ts';

/** Makes the errors of one file, so that those who find a fault need not know its path. */
export type Refusals = {
  /** `checkpoint.malformed`: the file breaks the rules of its format. */
  readonly malformed: (reason: string) => EngineError;
  /** `checkpoint.truncated`: something lies beyond the end of the file. */
  readonly truncated: (reason: string) => EngineError;
  /** `checkpoint.unsafe`: the file asks for what could run code or write elsewhere; `what` names it. */
  readonly unsafe: (what: string) => EngineError;
};

/** The refusals of the file at `path`. */
export function refusalsOf(path: string): Refusals {
  return {
    malformed: (reason) => new EngineError('checkpoint.malformed', { path, reason }),
    truncated: (reason) => new EngineError('checkpoint.truncated', { path, reason }),
    unsafe: (what) => new EngineError('checkpoint.unsafe', { path, what }),
  };
}

/** A name from the file, fit for a message: quoted, without control characters, short. */
export function shown(name: string): string {
  return JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);
}
