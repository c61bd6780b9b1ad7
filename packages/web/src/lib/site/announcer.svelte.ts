/** What a screen reader should hear, politely; shown nowhere. Written only in the browser. */
let spoken = $state('');

export const announcer = {
  get text(): string {
    return spoken;
  },
};

/** Says `text`; the same text twice is said twice. */
export function announce(text: string): void {
  spoken = spoken === text ? `${text}\u00a0` : text;
}
