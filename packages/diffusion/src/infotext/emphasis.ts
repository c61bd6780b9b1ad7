export function usesEmphasis(prompt: string): boolean {
  return /(?<!\\)[([]/.test(prompt);
}
