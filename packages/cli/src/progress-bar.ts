/** A progress bar on one terminal line. */
import type { Context } from './command.ts';

const width = 24;

/** @param fraction 0 to 1. @example progressText(0.5, 10, 20, 3.2) === '[############------------] 10/20, 3 s left' */
export function progressText(
  fraction: number,
  step: number,
  steps: number,
  secondsRemaining: number,
): string {
  const filled = Math.max(0, Math.min(width, Math.round(fraction * width)));
  const bar = '#'.repeat(filled) + '-'.repeat(width - filled);
  return `[${bar}] ${step}/${steps}, ${Math.max(0, Math.ceil(secondsRemaining))} s left`;
}

/** Draws over its own line on a terminal; says nothing elsewhere. */
export function progressBar(context: Pick<Context, 'isTerminal' | 'note'>) {
  let shown = 0;
  return {
    show(text: string): void {
      if (!context.isTerminal) return;
      context.note(`\r${text.padEnd(shown)}`);
      shown = text.length;
    },
    clear(): void {
      if (!context.isTerminal || shown === 0) return;
      context.note(`\r${' '.repeat(shown)}\r`);
      shown = 0;
    },
  };
}
