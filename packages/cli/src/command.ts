/** What a command of the program is: its options as data (help and parsing come from them) and what it does. */

export type Option = {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** It may come several times. */
  readonly multiple?: boolean;
  readonly description: string;
  /** Placeholder in the help, e.g. "FILE". */
  readonly value?: string;
};

export type Options = Readonly<Record<string, Option>>;

/** Parsed options: a string, true, several, or absent. */
export type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

/** The world a command acts on; tests give their own. */
export type Context = {
  readonly values: Values;
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder that relative paths are meant from. */
  readonly cwd: string;
  /** Results: one line, or with `--json` one JSON document. */
  readonly print: (text: string) => void;
  /** Notes and progress for a person, on standard error. */
  readonly note: (text: string) => void;
  /** Whether notes reach a terminal, so that a progress bar makes sense. */
  readonly isTerminal: boolean;
  /** Aborted by Ctrl+C. */
  readonly signal: AbortSignal;
};

export type Command = {
  readonly summary: string;
  readonly usage: string;
  readonly options: Options;
  readonly examples: readonly string[];
  /** Resolves to the exit code; 0 where nothing is returned. Throws AppError or EngineError. */
  readonly run: (context: Context) => Promise<number | void>;
};

/** Exit codes of every command. */
export const exitCode = { done: 0, failed: 1, wrongUse: 2, interrupted: 130 } as const;

/** A wrong call of the command line, answered with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
