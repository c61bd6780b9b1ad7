/** Numbers, durations and dates as a language writes them. */
export type Format = ReturnType<typeof createFormat>;

/** @param locale BCP 47, such as `it`. */
export function createFormat(locale: string) {
  const plain = new Intl.NumberFormat(locale);
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const compact = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 });
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const seconds = unit(locale, 'second');
  const minutes = unit(locale, 'minute');
  const hours = unit(locale, 'hour');

  return {
    /** Whole numbers with the language's grouping: 12,345. */
    number: (value: number) => plain.format(value),
    /** At most two decimals: 7.5. */
    decimal: (value: number) => decimal.format(value),
    /** 0 to 1 as 42 %. */
    percent: (fraction: number) => percent.format(fraction),
    /** 860 M. */
    compact: (value: number) => compact.format(value),
    /** Pixels, never grouped: 1024 × 768. */
    size: (width: number, height: number) => `${width} × ${height}`,
    date: (iso: string) => date.format(new Date(iso)),
    /**
     * A duration as precise as it is worth reading: to a second below one and a half minutes,
     * to ten seconds below ten minutes, to a minute above.
     */
    duration(total: number): string {
      if (total < 89.5) return seconds.format(Math.max(1, Math.round(total)));
      if (total < 595) {
        const tens = Math.round(total / 10) * 10;
        const rest = tens % 60;
        const whole = minutes.format(Math.floor(tens / 60));
        return rest === 0 ? whole : `${whole} ${seconds.format(rest)}`;
      }
      const inMinutes = Math.round(total / 60);
      if (inMinutes < 60) return minutes.format(inMinutes);
      const rest = inMinutes % 60;
      const whole = hours.format(Math.floor(inMinutes / 60));
      return rest === 0 ? whole : `${whole} ${minutes.format(rest)}`;
    },
  };
}

function unit(locale: string, name: 'second' | 'minute' | 'hour'): Intl.NumberFormat {
  return new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay: 'short' });
}
