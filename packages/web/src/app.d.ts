import type { Theme } from '#lib/site/theme.ts';

declare global {
  namespace App {
    interface Locals {
      locale: string;
      theme: Theme;
    }
    interface Error {
      code?: string;
    }
  }
}
