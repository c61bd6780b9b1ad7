/** Hands events on to everybody in this process who listens. */
import type { ServerEvent } from '@bottega/contract';

export type EventHub = {
  publish(event: ServerEvent): void;
  /** @returns a function that ends it. */
  subscribe(listener: (event: ServerEvent) => void): () => void;
};

export function createEventHub(): EventHub {
  const listeners = new Set<(event: ServerEvent) => void>();
  return {
    publish: (event) => {
      for (const listener of listeners) listener(event);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
