/** A value as the infotext holds it: as it is, or as a JSON string where it contains what separates values. */
export function quote(value: string): string {
  return /[,\n:]/.test(value) ? JSON.stringify(value) : value;
}

/** Undoes `quote`; what is not a JSON string stays as it is. */
export function unquote(text: string): string {
  if (!text.startsWith('"') || !text.endsWith('"')) return text;
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}
