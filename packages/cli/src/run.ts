/** Runs one command line: parses it by the command's data, and turns errors into text and exit codes. */
import { parseArgs } from 'node:util';
import { AppError } from '@bottega/contract/errors';
import { programVersion } from '@bottega/server/version';
import { type Command, type Context, exitCode, type Options, UsageError } from './command.ts';
import { commands } from './commands.ts';
import { commandHelp, programHelp } from './help.ts';
import { UncaughtError } from './uncaught.ts';

export type World = Omit<Context, 'values' | 'words'>;

/** @returns the exit code; never throws. */
export async function run(argv: readonly string[], world: World): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    world.print(programHelp());
    return name === undefined ? exitCode.wrongUse : exitCode.done;
  }
  if (name === '--version') {
    world.print(programVersion);
    return exitCode.done;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    world.note(`bottega: there is no command "${name}". See bottega --help.\n`);
    return exitCode.wrongUse;
  }
  try {
    const { values, positionals } = parse(rest, command.options);
    if (values.help === true) {
      world.print(commandHelp(name, command));
      return exitCode.done;
    }
    const exit = await command.run({ ...world, values, words: positionals });
    if (world.signal.reason instanceof UncaughtError) throw world.signal.reason;
    return exit ?? exitCode.done;
  } catch (error) {
    const { reason } = world.signal;
    const cause = reason instanceof UncaughtError ? reason.cause : error;
    return explain(name, command, cause, rest.includes('--json'), world);
  }
}

function parse(args: readonly string[], options: Options) {
  try {
    const known = Object.fromEntries(
      Object.entries(options).map(([key, { type, short, multiple }]) => [
        key,
        { type, ...(short && { short }), ...(multiple && { multiple }) },
      ]),
    );
    return parseArgs({
      args: withNegativeNumbers(args, options),
      allowPositionals: true,
      options: { ...known, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** `--seed -1` as `--seed=-1`: the parser takes what begins with a dash for an option. */
function withNegativeNumbers(args: readonly string[], options: Options): string[] {
  const known = new Map(
    Object.entries(options).flatMap(([key, { type, short }]) => {
      const words = [`--${key}`, ...(short === undefined ? [] : [`-${short}`])];
      return type === 'string' ? words.map((word) => [word, `--${key}`] as const) : [];
    }),
  );
  const joined: string[] = [];
  for (const [index, word] of args.entries()) {
    const option = known.get(args[index - 1] ?? '');
    if (option !== undefined && /^-[\d.]/.test(word)) joined.splice(-1, 1, `${option}=${word}`);
    else joined.push(word);
  }
  return joined;
}

function explain(name: string, command: Command, error: unknown, json: boolean, world: World): number {
  const failure = error as Error & { code?: string };
  const tell = (code: string, message: string, exit: number): number => {
    if (json) world.print(JSON.stringify({ error: { code, message } }));
    else world.note(`bottega ${name}: ${message}\n`);
    return exit;
  };
  if (error instanceof UsageError)
    return tell('usage', `${error.message}\nUsage: bottega ${name} ${command.usage}`, exitCode.wrongUse);
  if (error instanceof AppError) return tell(error.code, error.message, error.exit);
  if (failure.name === 'EngineError') {
    const code = String(failure.code);
    if (code === 'generation.cancelled') return tell(code, failure.message, exitCode.interrupted);
    const wrongUse = /^(request|sampler|scheduler|preprocessor)\./.test(code);
    return tell(code, failure.message, wrongUse ? exitCode.wrongUse : exitCode.failed);
  }
  if (world.env.BOTTEGA_DEBUG !== undefined) world.note(`${failure.stack}\n`);
  return tell(
    'unexpected',
    `${failure.message} (BOTTEGA_DEBUG=1 shows more; please report it)`,
    exitCode.failed,
  );
}
