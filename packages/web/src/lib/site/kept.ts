/** What the browser keeps between visits. A browser that forbids it keeps nothing, and nothing else breaks. */
type Where = 'localStorage' | 'sessionStorage';

export function readKept(where: Where, key: string): string | null {
  try {
    return window[where].getItem(key);
  } catch {
    return null;
  }
}

export function keep(where: Where, key: string, value: string): void {
  try {
    window[where].setItem(key, value);
  } catch {
    // Forbidden or full: the page works without it.
  }
}
