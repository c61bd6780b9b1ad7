/** One line of the result: times in seconds, memory in bytes. */
export type Row = {
  readonly name: string;
  /** Undefined where nothing was loaded from a file. */
  readonly load?: number;
  readonly seconds: readonly number[];
  /** Undefined where it was not taken. */
  readonly processor?: number;
  readonly peak: number;
  /** In decibels. */
  readonly quality?: number;
};

/** Rows as a Markdown table, each against the floor. */
export function table(rows: readonly Row[], floor: number): string {
  const header =
    '| | s, min | median | min / floor | median / floor | processor s | load, s | peak, GiB | against floats, dB |';
  const lines = rows.map(({ name, load, seconds, processor, peak, quality }) => {
    const sorted = seconds.toSorted((a, b) => a - b);
    const min = sorted[0];
    const median = sorted[Math.floor(sorted.length / 2)];
    const numbers = [min, median, min / floor, median / floor, processor, load, peak / 2 ** 30, quality];
    return `| ${name} | ${numbers.map((number) => number?.toFixed(2) ?? '').join(' | ')} |`;
  });
  return [header, '|---|---|---|---|---|---|---|---|---|', ...lines].join('\n');
}
