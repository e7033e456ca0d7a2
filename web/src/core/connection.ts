// idle → connecting → resuming → live; lost → waiting → connecting. Knows nothing of the DOM: the socket, the clock and
// chance are given, so that a test can be all three.
import { signal } from '@preact/signals';
import type { Frame } from './types.ts';
import { frameOf } from './wire.ts';

export type Phase = 'idle' | 'connecting' | 'resuming' | 'live' | 'waiting' | 'stopped';
export type StopReason = 'auth' | 'banned' | 'defect';

export interface Wire {
  send(text: string): void;
  close(): void;
}
export interface WireEvents {
  message(text: string): void;
  closed(code: number, reason: string): void;
}
export interface ConnectionParts {
  open(events: WireEvents): Wire;
  /** A new access token: 'denied' when one has to sign in, 'later' when nobody answered. */
  refresh(): Promise<'ok' | 'denied' | 'later'>;
  positions(): Record<string, number>;
  frame(frame: Frame): void;
  later(ms: number, what: () => void): () => void;
  random(): number;
  idle(): boolean;
}

const HELLO_MS = 10_000;
const PING_MS = 20_000;
const PROBE_MS = 4_000;
const UNANSWERED_MAX = 2;
const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 30_000;
const DEFECTS = new Set([1002, 1003, 1007, 1008, 1009]);

export class Connection {
  readonly phase = signal<Phase>('idle');
  readonly stopped = signal<StopReason | null>(null);
  private epoch = 0;
  private wire: Wire | null = null;
  private cancel: (() => void) | null = null;
  private cancelPing: (() => void) | null = null;
  private unanswered = 0;
  private tries = 0;
  private window: { min_ms: number; max_ms: number } | null = null;

  constructor(private readonly parts: ConnectionParts) {}

  start(): void {
    if (this.phase.value === 'idle' || this.phase.value === 'stopped') this.connect();
  }

  /** At sign-out. */
  stop(): void {
    this.drop();
    this.phase.value = 'idle';
  }

  /** "Retry now", the network is back, the tab is shown. */
  nudge(): void {
    if (this.phase.value === 'waiting') this.connect();
    else if (this.phase.value === 'live') this.ping(PROBE_MS, UNANSWERED_MAX - 1);
  }

  /** False: there is no connection to say it on. */
  send(frame: Frame): boolean {
    if (!this.wire || this.phase.value !== 'live') return false;
    this.wire.send(JSON.stringify(frame));
    return true;
  }

  /** Ask again for what came after these positions, without a new connection. */
  catchUp(channel: number, position: number): boolean {
    return this.send({ type: 'subscribe', channel_id: channel, position });
  }

  private connect(): void {
    this.drop();
    const epoch = ++this.epoch;
    const mine = (what: () => void) => () => {
      if (epoch === this.epoch) what();
    };
    this.stopped.value = null;
    this.phase.value = 'connecting';
    this.cancel = this.parts.later(
      HELLO_MS,
      mine(() => this.lost(1006, '')),
    );
    this.wire = this.parts.open({
      message: text => mine(() => this.read(text))(),
      closed: (code, reason) => mine(() => this.lost(code, reason))(),
    });
  }

  private read(text: string): void {
    const frame = frameOf(text);
    if (!frame) return;
    this.unanswered = 0;
    if (frame.type === 'hello') this.hello(frame);
    if (frame.type === 'resumed' && this.phase.value === 'resuming') this.enter();
    this.parts.frame(frame);
  }

  private hello(frame: Frame): void {
    const window = frame.reconnect as { min_ms: number; max_ms: number } | undefined;
    this.window = window ?? null;
    this.phase.value = 'resuming';
    this.cancel?.();
    this.cancel = this.parts.later(HELLO_MS * 3, () => this.lost(1006, ''));
    // Live events wait for the first frame: it is this one, whatever there is to resume.
    this.wire?.send(JSON.stringify({ type: 'resume', positions: this.parts.positions() }));
  }

  private enter(): void {
    this.cancel?.();
    this.cancel = null;
    this.tries = 0;
    this.phase.value = 'live';
    this.schedulePing(PING_MS);
  }

  private schedulePing(ms: number): void {
    this.cancelPing?.();
    this.cancelPing = this.parts.later(ms, () => this.ping(PING_MS, this.unanswered));
  }

  private ping(limitMs: number, unanswered: number): void {
    if (unanswered >= UNANSWERED_MAX) {
      this.lost(1006, '');
      return;
    }
    this.unanswered = unanswered + 1;
    this.send({ type: 'ping', idle: this.parts.idle() });
    this.schedulePing(limitMs);
  }

  private lost(code: number, reason: string): void {
    this.drop();
    if (code === 4403 || DEFECTS.has(code)) {
      this.halt(code === 4403 ? 'banned' : 'defect');
      return;
    }
    this.phase.value = 'waiting';
    // A refused handshake looks like a cut one: after the first failure the token may be the reason.
    if (code === 4401 || (code === 1006 && this.tries > 0)) this.renew(code === 4401);
    else this.wait(told(reason) ?? this.window);
  }

  private renew(atOnce: boolean): void {
    const epoch = this.epoch;
    this.parts.refresh().then(
      answer => {
        if (epoch !== this.epoch || this.phase.value !== 'waiting') return;
        if (answer === 'denied') this.halt('auth');
        else if (answer === 'ok' && atOnce && this.tries === 0) this.wait({ min_ms: 0, max_ms: 0 });
        else this.wait(null);
      },
      () => epoch === this.epoch && this.phase.value === 'waiting' && this.wait(null),
    );
  }

  private wait(window: { min_ms: number; max_ms: number } | null): void {
    this.window = null;
    const most = Math.min(WAIT_MIN_MS * 2 ** this.tries++, WAIT_MAX_MS);
    const { min_ms, max_ms } = window ?? { min_ms: 0, max_ms: most };
    this.cancel = this.parts.later(min_ms + this.parts.random() * (max_ms - min_ms), () => this.connect());
  }

  private halt(why: StopReason): void {
    this.stopped.value = why;
    this.phase.value = 'stopped';
  }

  private drop(): void {
    this.epoch++;
    this.cancel?.();
    this.cancelPing?.();
    this.cancel = this.cancelPing = null;
    this.unanswered = 0;
    const wire = this.wire;
    this.wire = null;
    wire?.close();
  }
}

/** The window that the reason of a close tells. */
function told(reason: string): { min_ms: number; max_ms: number } | null {
  const window = /(\d+)\D+(\d+)/.exec(reason);
  return window ? { min_ms: Number(window[1]), max_ms: Number(window[2]) } : null;
}
