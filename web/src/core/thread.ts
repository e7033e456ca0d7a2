// The thread that is open beside its channel: a timeline of its own, fed by the events of the channel's log.
import { type Signal, signal } from '@preact/signals';
import { Timeline } from './timeline.ts';
import type { Durable, ThreadPage, ThreadState } from './types.ts';

export class Thread {
  readonly timeline: Timeline;
  readonly state: Signal<ThreadState | null> = signal(null);
  readonly loaded = signal(false);

  constructor(
    readonly channel: number,
    readonly root: number,
  ) {
    this.timeline = new Timeline(() => {}, root);
  }

  /** An event that the channel has applied. */
  follow(event: Durable): void {
    if (event.channel_id !== this.channel) return;
    this.timeline.follow(event);
    const state = this.state.value;
    if (event.type === 'chat_message' && event.message.thread_id === this.root && state)
      this.state.value = { ...state, unread_count: state.unread_count + 1 };
  }

  merge(page: ThreadPage, where: 'replace' | 'before'): void {
    this.timeline.merge({ ...page, items: [page.root, ...page.items] }, where);
    this.state.value = page.state;
    this.loaded.value = true;
  }
}
