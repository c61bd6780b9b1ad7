/** The API as the server's own loads reach it. */
import { BOTTEGA_INTERNAL_URL } from '$app/env/private';
import { ApiError, createClient } from '@bottega/contract/client';
import { error } from '@sveltejs/kit';

export const api = createClient(BOTTEGA_INTERNAL_URL);

/** Turns what the API refused into the page's own error, with its code. */
export async function orError<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (failure) {
    if (failure instanceof ApiError) error(failure.status, failure.message, { code: failure.code });
    throw failure;
  }
}
