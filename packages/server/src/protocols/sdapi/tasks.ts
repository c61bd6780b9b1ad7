/** The jobs of this face that wait or run: whose they are, and which generation draws them now. */

export type Task = {
  /** `force_task_id`, or one made up. */
  readonly id: string;
  /** Who asked; see `clientOf`. */
  readonly client: string;
  /** The generation that draws it now; a skipped batch makes way for another one. */
  generation: string | undefined;
  /** Or what enlarges its pictures. */
  errand?: string;
  interrupted: boolean;
  skipped: boolean;
};

export type Tasks = {
  begin(id: string | null, kind: string, client: string): Task;
  end(task: Task): void;
  /** In order of arrival. */
  open(): readonly Task[];
  /** Whether a task of this name ended lately. */
  isFinished(id: string): boolean;
};

/** A1111 remembers as many. */
const remembered = 16;

export function createTasks(): Tasks {
  const open = new Set<Task>();
  let finished: readonly string[] = [];
  let counter = 0;
  return {
    open: () => [...open],
    isFinished: (id) => finished.includes(id),
    begin: (id, kind, client) => {
      const name = id ?? `task(${kind}-${++counter})`;
      const task: Task = { id: name, client, generation: undefined, interrupted: false, skipped: false };
      open.add(task);
      return task;
    },
    end: (task) => {
      open.delete(task);
      finished = [...finished, task.id].slice(-remembered);
    },
  };
}
