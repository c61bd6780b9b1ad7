/** Turns what the worker reports of tasks into events. */
import type { Message, TaskMessage } from '../events/channel.ts';
import type { EventHub } from '../events/hub.ts';
import type { Logger } from '../log/logger.ts';
import type { TaskReader } from './task-reader.ts';

/**
 * @param fractions How far running tasks are, by id; kept up to date here.
 * @param onModel Called when a task has made a model.
 */
export function createTaskRelay(
  reader: TaskReader,
  fractions: Map<string, number>,
  hub: EventHub,
  onModel: () => Promise<unknown>,
  log: Logger,
): (message: TaskMessage) => void {
  async function tell(id: string): Promise<void> {
    try {
      const [task] = await reader.byIds([id]);
      if (task === undefined) return;
      if (task.state !== 'running') fractions.delete(id);
      // The task has ended even where its model cannot be listed.
      if (task.model !== undefined)
        await onModel().catch((error: unknown) => log.warn('models could not be listed', { error }));
      hub.publish({ type: 'task', task });
    } catch (error) {
      log.warn('events could not be read', { error });
    }
  }
  // One after the other, so that an older reading never follows a newer one.
  let last: Promise<void> = Promise.resolve();
  return (message) => {
    if (message.type === 'task-progress') fractions.set(message.id, message.fraction);
    if (message.type === 'task-deleted') {
      fractions.delete(message.id);
      hub.publish(message);
      return;
    }
    last = last.then(() => tell(message.id));
  };
}

export function isTaskMessage(message: Message): message is TaskMessage {
  return message.type.startsWith('task');
}
