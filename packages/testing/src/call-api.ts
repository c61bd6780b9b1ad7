/** Calls to an HTTP API whose answers tests look at whole. */

export type Answer = {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON, or the text where it is none. */
  readonly body: unknown;
};

export type CallApi = (path: string, body?: unknown, init?: RequestInit) => Promise<Answer>;

/**
 * GET without a body, POST with one; a string is sent as it is, everything else as JSON.
 * @example const call = callApi(server.url); assert.equal((await call('/sdapi/v1/options', {})).status, 200);
 */
export function callApi(origin: string): CallApi {
  return async (path, body, init = {}) => {
    const response = await fetch(origin + path, {
      ...(body !== undefined && {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parse(text) };
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
