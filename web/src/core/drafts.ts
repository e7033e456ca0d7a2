// What is half written: one key for each channel and thread, so that tabs cannot overwrite each other.
import type { Disk } from './outbox.ts';

export class Drafts {
  constructor(
    private readonly user: number,
    private readonly disk: Disk,
  ) {}

  get(channel: number, thread = 0): string {
    return this.disk.getItem(this.key(channel, thread)) ?? '';
  }

  put(channel: number, text: string, thread = 0): void {
    try {
      if (text) this.disk.setItem(this.key(channel, thread), text);
      else this.disk.removeItem(this.key(channel, thread));
    } catch {
      // Full or forbidden: it lives in the box only.
    }
  }

  private key(channel: number, thread: number): string {
    return `draft:${this.user}:${channel}:${thread}`;
  }
}
