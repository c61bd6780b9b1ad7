/** What to say of an error: in the page's language where it has words for it, else as the server put it. */
import { ApiError } from '@bottega/contract/client';
import type { Messages } from './messages.ts';

function known(t: Messages, code: string): string | undefined {
  return Object.hasOwn(t.errors, code) ? t.errors[code as keyof Messages['errors']] : undefined;
}

/** For an error that a server reported as `{ code, message }`. */
export function textOfError(t: Messages, error: { readonly code: string; readonly message: string }): string {
  return known(t, error.code) ?? error.message;
}

/** For whatever a call threw; a network's failure becomes `server.unreachable`. */
export function textOfFailure(t: Messages, failure: unknown): string {
  return failure instanceof ApiError ? textOfError(t, failure) : t.errors['server.unreachable'];
}
