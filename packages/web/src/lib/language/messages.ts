/** What a catalogue must contain: everything that English does. A language that lacks a message does not compile. */
import type { messages } from '../messages/en.ts';

type Same<T> = T extends string
  ? string
  : T extends (...values: infer Values) => string
    ? (...values: Values) => string
    : { readonly [Key in keyof T]: Same<T[Key]> };

export type Messages = Same<typeof messages>;
