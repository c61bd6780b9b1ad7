/** `GET /api/v1/events`: server-sent events. */
import type { ServerEvent } from '@bottega/contract';
import { Hono } from 'hono';
import type { EventHub } from './hub.ts';

export type StreamOptions = {
  readonly version: string;
  /** Between two comments that keep proxies from closing the connection; default 15,000. */
  readonly keepAliveMs?: number;
};

/** A client that lets this much wait is dropped: it comes back, hears `hello` and fetches what it missed. */
const patience = 1 << 20;

/** Every connection begins with `hello`: whatever came before is fetched, not replayed. */
export function eventRoutes(hub: EventHub, options: StreamOptions): Hono {
  return new Hono().get('/api/v1/events', (c) =>
    c.body(eventStream(hub, options), 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    }),
  );
}

/** The stream of one client; it ends its subscription however the client goes. */
export function eventStream(
  hub: EventHub,
  { version, keepAliveMs = 15_000 }: StreamOptions,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let leave: (() => void) | undefined;
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        const send = (text: string): void => {
          if ((controller.desiredSize ?? 0) < -patience) {
            leave?.();
            controller.error(new Error('the client is too slow'));
          } else {
            controller.enqueue(encoder.encode(text));
          }
        };
        const tell = (event: ServerEvent): void => send(`data: ${JSON.stringify(event)}\n\n`);
        const unsubscribe = hub.subscribe(tell);
        const timer = setInterval(() => send(': still here\n\n'), keepAliveMs);
        timer.unref();
        leave = () => {
          clearInterval(timer);
          unsubscribe();
        };
        send('retry: 1000\n\n');
        tell({ type: 'hello', version });
      },
      cancel: () => leave?.(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 0 }),
  );
}
