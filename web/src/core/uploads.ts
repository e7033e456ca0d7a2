// One file on its way: tus 1.0 by pieces, so that a lost network costs at most the piece under way. After a failure the
// server is asked how far it has come.
import { signal } from '@preact/signals';
import type { Attachment } from './types.ts';

export interface UploadParts {
  /** Sends a piece, tells the progress; resolves with the answer's status and headers, rejects when nobody answered. */
  send(
    method: string,
    path: string,
    headers: Record<string, string>,
    body: Blob | null,
    progress: (sent: number) => void,
  ): { answer: Promise<{ status: number; header: (name: string) => string | null }>; abort: () => void };
  info(id: number): Promise<Attachment>;
  refresh(): Promise<unknown>;
  later(ms: number, what: () => void): () => void;
}

export type UploadState = 'going' | 'waiting' | 'done' | 'failed';
const PIECE = 8 * 1024 * 1024;
/** Neither the server's disk nor one's share of it: it may be long until there is. */
const NO_ROOM = 'file.no_room';
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 15_000;

export class Upload {
  readonly state = signal<UploadState>('going');
  readonly sent = signal(0);
  readonly reason = signal('');
  id = 0;
  private offset = 0;
  private wait = WAIT_MIN_MS;
  private abort: () => void = () => {};
  private cancel: () => void = () => {};
  private over = false;

  constructor(
    readonly file: File,
    private readonly parts: UploadParts,
    private readonly onDone: () => void,
  ) {
    void this.step();
  }

  /** The network is back. */
  nudge(): void {
    if (this.state.value !== 'waiting') return;
    this.cancel();
    void this.resume();
  }

  /** Where there was no room there may be some by now; what has come so far is kept. */
  get another(): boolean {
    return this.state.value === 'failed' && this.reason.value === NO_ROOM;
  }

  again(): void {
    if (!this.another) return;
    this.state.value = 'going';
    void this.resume();
  }

  drop(): void {
    this.over = true;
    this.cancel();
    this.abort();
    if (this.id)
      this.parts
        .send('DELETE', `/files/${this.id}`, { 'Tus-Resumable': '1.0.0' }, null, () => {})
        .answer.catch(() => {});
  }

  private async step(): Promise<void> {
    this.state.value = 'going';
    while (!this.over) {
      const status = await (this.id ? this.piece() : this.begin()).catch(() => 0);
      if (this.over) return;
      if (status === 200 || status === 201 || status === 204) {
        this.wait = WAIT_MIN_MS;
        if (this.id && this.offset >= this.file.size) return this.done();
      } else if (status === 401) {
        if ((await this.parts.refresh()) !== 'ok') return this.pause();
      } else if (status === 507) return this.fail(NO_ROOM);
      else if (status === 0 || status === 408 || status === 409 || status === 423 || status === 429 || status >= 500) {
        return this.pause();
      } else return this.fail(status === 413 ? 'file.too_large' : 'file.refused');
    }
  }

  private fail(reason: string): void {
    this.reason.value = reason;
    this.state.value = 'failed';
  }

  private done(): void {
    this.sent.value = this.file.size;
    this.state.value = 'done';
    this.onDone();
  }

  private pause(): void {
    this.state.value = 'waiting';
    this.cancel = this.parts.later(this.wait, () => void this.resume());
    this.wait = Math.min(this.wait * 2, WAIT_MAX_MS);
  }

  /** How far has the server come? */
  private async resume(): Promise<void> {
    if (this.over) return;
    if (!this.id) return this.step();
    const asked = this.parts.send('HEAD', `/files/${this.id}`, { 'Tus-Resumable': '1.0.0' }, null, () => {});
    const answer = await asked.answer.catch(() => null);
    const offset = Number(answer?.header('Upload-Offset') ?? Number.NaN);
    if (answer?.status === 401) await this.parts.refresh();
    if (answer && answer.status < 300 && Number.isSafeInteger(offset)) this.offset = offset;
    else if (answer && (answer.status === 404 || answer.status === 410)) {
      this.id = 0;
      this.offset = 0;
    } else return this.pause();
    this.sent.value = this.offset;
    if (this.id && this.offset >= this.file.size) return this.done();
    return this.step();
  }

  private async begin(): Promise<number> {
    const asked = this.parts.send(
      'POST',
      '/files',
      {
        'Tus-Resumable': '1.0.0',
        'Upload-Length': String(this.file.size),
        'Upload-Metadata': `filename ${base64(this.file.name)}`,
      },
      null,
      () => {},
    );
    this.abort = asked.abort;
    const answer = await asked.answer;
    const id = /\/files\/(\d+)/.exec(answer.header('Location') ?? '');
    if (answer.status === 201 && id) this.id = Number(id[1]);
    return answer.status;
  }

  private async piece(): Promise<number> {
    const from = this.offset;
    const piece = this.file.slice(from, from + PIECE);
    const asked = this.parts.send(
      'PATCH',
      `/files/${this.id}`,
      { 'Tus-Resumable': '1.0.0', 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
      piece,
      sent => {
        this.sent.value = from + sent;
      },
    );
    this.abort = asked.abort;
    const answer = await asked.answer;
    if (answer.status < 300) this.offset = Number(answer.header('Upload-Offset') ?? from + piece.size);
    return answer.status;
  }
}

function base64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), byte => String.fromCharCode(byte)).join(''));
}
