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
  return `${barText(fraction)} ${step}/${steps}, ${Math.max(0, Math.ceil(secondsRemaining))} s left`;
}

/** @param fraction 0 to 1. @example percentText(0.5) === '[############------------] 50 %' */
export function percentText(fraction: number): string {
  return `${barText(fraction)} ${Math.floor(100 * Math.min(1, Math.max(0, fraction)))} %`;
}

function barText(fraction: number): string {
  const filled = Math.max(0, Math.min(width, Math.round(fraction * width)));
  return `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
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
