/**
 * The language to answer in.
 * @param available Languages with a catalogue; the first is the last resort.
 * @param chosen What the person picked here, if ever.
 * @param acceptLanguage The header, RFC 9110 section 12.5.4: `it-CH, fr;q=0.9`.
 */
export function negotiateLocale(
  available: readonly string[],
  chosen: string | undefined,
  acceptLanguage: string | null,
): string {
  if (chosen !== undefined && available.includes(chosen)) return chosen;
  const wanted = (acceptLanguage ?? '')
    .split(',')
    .map((part) => {
      const [tag, ...parameters] = part.trim().toLowerCase().split(';');
      const quality = parameters.map((text) => /^\s*q=([\d.]+)\s*$/.exec(text)?.[1]).find(Boolean);
      return { tag, quality: quality === undefined ? 1 : Number(quality) };
    })
    .filter(({ tag, quality }) => tag !== '' && quality > 0)
    .toSorted((a, b) => b.quality - a.quality);
  for (const { tag } of wanted) {
    const match = available.find((locale) => tag === locale || tag.startsWith(`${locale}-`));
    if (match !== undefined) return match;
  }
  return available[0];
}
