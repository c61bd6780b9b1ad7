/** A name for a downloaded picture that says what it is: `a-red-apple-on-blue-12345.png`. */
export function fileNameOf(picture: { readonly prompt: string; readonly seed: number }): string {
  const words = picture.prompt
    .normalize('NFKD')
    .replace(/\p{Mark}/gu, '')
    .toLowerCase()
    .match(/[\p{Letter}\p{Number}]+/gu);
  const slug = (words ?? []).slice(0, 8).join('-').slice(0, 60);
  return `${slug === '' ? 'bottega' : slug}-${picture.seed}.png`;
}
