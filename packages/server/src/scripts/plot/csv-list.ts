/**
 * Values separated by commas, spaces around them left out (Python's csv with skipinitialspace): quotes hold a value
 * together, and a doubled quote is one. Lines follow one another. Never throws.
 */
export function csvList(text: string): string[] {
  const values: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line !== '') values.push(...fieldsOf(line));
  }
  return values.map((value) => value.trim());
}

function fieldsOf(line: string): string[] {
  const fields: string[] = [];
  let position = 0;
  do {
    while (line[position] === ' ') position++;
    const [field, end] = line[position] === '"' ? quoted(line, position + 1) : plain(line, position);
    fields.push(field);
    position = end + 1;
  } while (position <= line.length);
  return fields;
}

function plain(line: string, start: number): [field: string, end: number] {
  const comma = line.indexOf(',', start);
  const end = comma === -1 ? line.length : comma;
  return [line.slice(start, end), end];
}

/** What follows the closing quote belongs to the field, as in Python. */
function quoted(line: string, start: number): [field: string, end: number] {
  let field = '';
  for (let i = start; i < line.length; i++) {
    if (line[i] !== '"') field += line[i];
    else if (line[i + 1] === '"') field += line[++i];
    else {
      const [rest, end] = plain(line, i + 1);
      return [field + rest, end];
    }
  }
  return [field, line.length];
}

/** The list in one line again, quoted where it must be. */
export function toCsv(values: readonly string[]): string {
  return values
    .map((value) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(',');
}
