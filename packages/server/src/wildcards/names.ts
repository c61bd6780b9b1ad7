/** `__name__` in a prompt: letters, digits, single underscores, `.`, `-`, and `/` for folders. */
const pattern = /__([\p{L}\p{N}](?:[\p{L}\p{N}./-]|_(?!_))*)__/gu;

/** The wildcards that a text names, each once. */
export function wildcardsIn(text: string): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([, name]) => name).filter(isSafe))];
}

/** Every `__name__` replaced; `undefined` leaves it as it stands. */
export function replaceWildcards(text: string, replace: (name: string) => string | undefined): string {
  return text.replace(pattern, (whole, name: string) => (isSafe(name) ? (replace(name) ?? whole) : whole));
}

/** Whether it stays within the folder of wildcards. */
function isSafe(name: string): boolean {
  return name.split('/').every((part) => part !== '' && !part.startsWith('.'));
}
