// Changes to messages that are half written: kept in this browser, with what each was made of. A message that has been changed
// since begins as it is now: what was made of an older one would undo that unseen.
import type { Disk } from './outbox.ts';
import type { Message } from './types.ts';

interface Kept {
  /** When the message had last been changed; '': never. */
  base: string;
  text: string;
}

export class Edits {
  constructor(
    private readonly user: number,
    private readonly disk: Disk,
  ) {}

  /** What one goes on with. */
  get(m: Message): string {
    try {
      const { base, text } = JSON.parse(this.disk.getItem(this.keyOf(m.id)) ?? '') as Kept;
      if (base === baseOf(m)) return text;
    } catch {
      return m.content; // nothing is kept
    }
    this.drop(m.id);
    return m.content;
  }

  /** `m` as it was when the change was begun. */
  put(m: Message, text: string): void {
    try {
      if (text === m.content) this.drop(m.id);
      else this.disk.setItem(this.keyOf(m.id), JSON.stringify({ base: baseOf(m), text } satisfies Kept));
    } catch {
      // Full or forbidden: it lives in its box only.
    }
  }

  drop(id: number): void {
    this.disk.removeItem(this.keyOf(id));
  }

  count(): number {
    const all = Array.from({ length: this.disk.length }, (_, i) => this.disk.key(i) ?? '');
    return all.filter(key => key.startsWith(this.prefix)).length;
  }

  private get prefix(): string {
    return `edit:${this.user}:`;
  }
  private keyOf(id: number): string {
    return `${this.prefix}${id}`;
  }
}

const baseOf = (m: Message) => m.edited_at ?? '';
