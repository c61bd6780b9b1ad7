/** The colour scheme a person chose: `auto` follows the system. */
export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const themeCookie = 'bottega-theme';

/** What a cookie says, `auto` where it says nothing known. */
export function themeFrom(value: string | undefined): Theme {
  return themes.find((theme) => theme === value) ?? 'auto';
}

/** The one that the switch offers next. */
export function themeAfter(theme: Theme): Theme {
  return themes[(themes.indexOf(theme) + 1) % themes.length];
}
