/** The last line of A1111's generation parameters as rows to show: exactly what the picture's file says. */
export type InfotextRow = { readonly key: string; readonly value: string };

/** @param infotext Prompt, negative prompt, and a last line `Steps: 20, Sampler: Euler, Lora hashes: "a: b, c: d"`. */
export function infotextRows(infotext: string): readonly InfotextRow[] {
  const last = infotext.slice(infotext.lastIndexOf('\n') + 1);
  if (!last.startsWith('Steps: ')) return [];
  return splitOutsideQuotes(last).flatMap((part) => {
    const colon = part.indexOf(': ');
    return colon < 0 ? [] : [{ key: part.slice(0, colon), value: unquoted(part.slice(colon + 2)) }];
  });
}

function splitOutsideQuotes(line: string): string[] {
  const parts: string[] = [];
  let quoted = false;
  let start = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === '\\' && quoted) at++;
    else if (line[at] === '"') quoted = !quoted;
    else if (line[at] === ',' && !quoted) {
      parts.push(line.slice(start, at).trim());
      start = at + 1;
    }
  }
  return [...parts, line.slice(start).trim()];
}

function unquoted(value: string): string {
  if (!value.startsWith('"')) return value;
  try {
    return String(JSON.parse(value));
  } catch {
    return value;
  }
}
