/** The log: one line an event, for people or for machines. */

const levels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof levels)[number];

type Fields = Readonly<Record<string, unknown>>;

/** What happened in a few words, and with what. */
export type Logger = Readonly<Record<LogLevel, (what: string, fields?: Fields) => void>>;

export type LogOptions = {
  readonly level: LogLevel;
  readonly format: 'pretty' | 'json';
  /** Receives whole lines with their end; standard error by default. */
  readonly write?: (line: string) => void;
};

/** A logger that drops what is less important than `level`. */
export function createLogger({ level, format, write = writeToStderr }: LogOptions): Logger {
  const line = format === 'json' ? jsonLine : prettyLine;
  const at =
    (own: LogLevel) =>
    (what: string, fields: Fields = {}) => {
      if (levels.indexOf(own) >= levels.indexOf(level)) write(line(own, what, fields));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

function writeToStderr(line: string): void {
  process.stderr.write(line);
}

function jsonLine(level: LogLevel, what: string, fields: Fields): string {
  return `${JSON.stringify({ time: new Date().toISOString(), level, what, ...plain(fields) })}\n`;
}

function prettyLine(level: LogLevel, what: string, fields: Fields): string {
  const time = new Date().toTimeString().slice(0, 8);
  const shown = Object.entries(plain(fields)).map(([key, value]) =>
    typeof value === 'string' && value.includes('\n') ? `\n${value}` : ` ${key}=${JSON.stringify(value)}`,
  );
  return `${time} ${level === 'info' ? '' : `${level.toUpperCase()} `}${what}${shown.join('')}\n`;
}

/** Errors have no enumerable fields: their stack is what helps. */
function plain(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [key, value instanceof Error ? describe(value) : value]),
  );
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${describe(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
