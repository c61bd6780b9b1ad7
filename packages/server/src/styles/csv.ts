/**
 * Rows of comma-separated values (RFC 4180): fields in quotes may hold commas, line breaks and doubled quotes.
 * Never throws: a quote that does not end reaches to the end.
 */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const field = /(?:"((?:[^"]|"")*)(?:"|$)|([^",\r\n]*))(,|\r\n|\r|\n|$)/y;
  while (field.lastIndex < text.length) {
    const start = field.lastIndex;
    const found = field.exec(text);
    if (found === null) {
      // Something follows a closing quote; it is passed over, character by character.
      field.lastIndex = start + 1;
      continue;
    }
    const [, quoted, plain, end] = found;
    rows.at(-1)?.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ',' && field.lastIndex === text.length) rows.at(-1)?.push('');
    if (end !== ',' && end !== '') rows.push([]);
  }
  return rows.filter((row) => row.length > 1 || (row[0] ?? '') !== '');
}
