import type { Row } from './table.ts';

/** Rows as a Markdown table, each against each: how many times as long the row takes as the column. */
export function compared(rows: readonly Pick<Row, 'name' | 'seconds' | 'peak'>[]): string {
  const medians = rows.map(
    ({ seconds }) => seconds.toSorted((a, b) => a - b)[Math.floor(seconds.length / 2)],
  );
  const header = `| | s, min | median | peak, GiB | ${rows.map(({ name }) => `against ${name}`).join(' | ')} |`;
  const lines = rows.map(({ name, seconds, peak }, row) => {
    const ratios = medians.map((median) => medians[row] / median);
    const numbers = [Math.min(...seconds), medians[row], peak / 2 ** 30, ...ratios];
    return `| ${name} | ${numbers.map((number) => number.toFixed(2)).join(' | ')} |`;
  });
  return [header, `|${'---|'.repeat(rows.length + 4)}`, ...lines].join('\n');
}
