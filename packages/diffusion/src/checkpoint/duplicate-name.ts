/**
 * The first name that occurs twice in one object of a valid JSON text, at any depth; `JSON.parse` keeps the last
 * of the two without a word, so that two readers of one file could see different tensors.
 */
export function duplicateName(json: string): string | undefined {
  const objects: Set<string>[] = [];
  const tokens = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g;
  for (const [token, colon] of json.matchAll(tokens)) {
    if (token === '{') objects.push(new Set());
    else if (token === '}') objects.pop();
    else if (colon !== undefined) {
      const name: unknown = JSON.parse(token.slice(0, -colon.length));
      const names = objects.at(-1);
      if (typeof name !== 'string' || names === undefined) continue;
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}
