/**
 * The event stream with a memory for trouble: it reconnects by itself, waiting longer each time, at once when the
 * network comes back. What was missed meanwhile is fetched anew by whoever listens: every connection starts with `hello`.
 */
import type { ServerEvent } from '@bottega/contract';

export type ConnectionState = 'connecting' | 'open' | 'lost';

export type Stream = { close(): void };
export type Ears = { readonly hear: (data: string) => void; readonly fail: () => void };

export type ConnectionOptions = {
  /** Opens a stream, such as an `EventSource`. */
  readonly open: (ears: Ears) => Stream;
  readonly onEvent: (event: ServerEvent) => void;
  readonly onState: (state: ConnectionState) => void;
  /** `setTimeout` and `clearTimeout`, or a test's. */
  readonly later: (run: () => void, milliseconds: number) => () => void;
  /** 0 to 1: spreads the returns of many pages after a restart. */
  readonly random: () => number;
};

export type Connection = {
  /** Tries now instead of at the end of the pause; nothing where the connection stands. */
  retry(): void;
  /** Drops a connection that may be dead (the machine slept) and opens another. */
  renew(): void;
  close(): void;
};

const shortest = 500;
const longest = 15_000;

/** Milliseconds before attempt `attempt` (from 0): doubling from half a second to 15 s, less up to a quarter. */
export function pauseBefore(attempt: number, random: number): number {
  return Math.min(longest, shortest * 2 ** attempt) * (1 - random / 4);
}

export function keepConnected({ open, onEvent, onState, later, random }: ConnectionOptions): Connection {
  let stream: Stream | undefined;
  let cancelPause: (() => void) | undefined;
  let attempt = 0;
  let state: ConnectionState | undefined;
  let closed = false;

  function tell(next: ConnectionState): void {
    if (next === state) return;
    state = next;
    onState(next);
  }

  function drop(): void {
    stream?.close();
    stream = undefined;
    cancelPause?.();
    cancelPause = undefined;
  }

  function connect(): void {
    drop();
    if (closed) return;
    if (state === undefined) tell('connecting');
    stream = open({
      hear: (data) => {
        attempt = 0;
        tell('open');
        const event = parseEvent(data);
        if (event !== undefined) onEvent(event);
      },
      fail: () => {
        drop();
        tell('lost');
        cancelPause = later(connect, pauseBefore(attempt++, random()));
      },
    });
  }

  connect();
  return {
    retry: () => {
      if (stream === undefined) connect();
    },
    renew: connect,
    close: () => {
      closed = true;
      drop();
    },
  };
}

function parseEvent(data: string): ServerEvent | undefined {
  try {
    const value = JSON.parse(data) as ServerEvent;
    return typeof value?.type === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
