/** The help texts, made from the same data as the parser. */
import type { Command } from './command.ts';
import { commands } from './commands.ts';

/** `bottega --help`. */
export function programHelp(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    'Bottega: a workshop for pictures made from words.',
    '',
    'Usage: bottega COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...rows,
    '',
    'Every command takes --help; those that answer take --json. --version says which version this is.',
    'Exit codes: 0 done, 1 failed, 2 wrong use, 130 interrupted.',
  ].join('\n');
}

/** `bottega COMMAND --help`. */
export function commandHelp(name: string, command: Command): string {
  const flags = Object.entries(command.options).map(([key, option]) => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `;
    return [
      `${short}--${key}${option.value === undefined ? '' : ` ${option.value}`}`,
      option.description,
    ] as const;
  });
  const width = Math.max(0, ...flags.map(([flag]) => flag.length));
  return [
    `bottega ${name}: ${command.summary}`,
    '',
    `Usage: bottega ${name} ${command.usage}`,
    '',
    ...(flags.length === 0
      ? []
      : ['Options:', ...flags.map(([flag, text]) => `  ${flag.padEnd(width)}  ${text}`), '']),
    'Examples:',
    ...command.examples.map((example) => `  ${example}`),
  ].join('\n');
}
