/** `keepConnected` on a browser's `EventSource`, network and visibility events. */
import type { ServerEvent } from '@bottega/contract';
import { keepConnected, type ConnectionState, type Ears, type Stream } from './connection.ts';

const sleep = 30_000;

function listenTo(url: string, { hear, fail }: Ears): Stream {
  const source = new EventSource(url);
  source.addEventListener('message', ({ data }) => hear(String(data)));
  source.addEventListener('error', fail);
  return source;
}

/** @returns A function that ends it. */
export function connectInBrowser(
  url: string,
  onEvent: (event: ServerEvent) => void,
  onState: (state: ConnectionState) => void,
): () => void {
  const connection = keepConnected({
    open: (ears) => listenTo(url, ears),
    onEvent,
    onState,
    later: (run, milliseconds) => {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
    random: Math.random,
  });
  let hiddenAt: number | undefined;
  function visibility(): void {
    if (document.hidden) hiddenAt = Date.now();
    else if (hiddenAt !== undefined && Date.now() - hiddenAt > sleep) connection.renew();
    else connection.retry();
  }
  window.addEventListener('online', connection.renew);
  document.addEventListener('visibilitychange', visibility);
  return () => {
    window.removeEventListener('online', connection.renew);
    document.removeEventListener('visibilitychange', visibility);
    connection.close();
  };
}
