import { expect, test } from 'vitest';
import { Outbox, type Outcome, outcomeOf, type Pending } from '../src/core/outbox.ts';
import { Clock, disk, settle, texts } from './world.ts';

function world(store = disk(), name = '') {
  const clock = new Clock();
  const tried: string[] = [];
  const answers: ((o: Outcome) => void)[] = [];
  let n = 0;
  const send = (item: Pending) => {
    tried.push(item.content);
    return new Promise<Outcome>(done => answers.push(done));
  };
  const box = new Outbox(9, {
    disk: store,
    send,
    now: () => clock.now,
    uuid: () => `${name}${tried.length}-${n++}`,
    later: (ms, what) => void clock.later(ms, what),
    random: () => 1,
  });
  const answer = async (o: Outcome) => {
    answers.shift()?.(o);
    await settle();
  };
  return {
    box,
    clock,
    tried,
    answer,
    store,
    write: (content: string, channel_id = 1) => box.add({ content, channel_id }),
  };
}

test('in a channel one at a time and in order; channels do not wait for each other', async () => {
  const w = world();
  w.box.setLive(true);
  w.write('a');
  w.write('b');
  w.write('c', 2);
  expect(w.tried).toEqual(['a', 'c']);
  await w.answer({ kind: 'sent' });
  expect(w.tried).toEqual(['a', 'c', 'b']);
});

test('written offline, kept over a reload, sent once', async () => {
  const first = world();
  first.write('a');
  first.write('b');
  expect(first.tried).toEqual([]);
  const w = world(first.store);
  expect(texts(w.box.items.value)).toEqual(['a', 'b']);
  w.box.setLive(true);
  await w.answer({ kind: 'sent' });
  await w.answer({ kind: 'sent' });
  expect(w.tried).toEqual(['a', 'b']);
  expect(w.store.keys()).toEqual([]);
});

test('the same client_id on each try; the wait grows; living again ends it', async () => {
  const w = world();
  w.box.setLive(true);
  const id = w.write('a').client_id;
  w.write('b');
  await w.answer({ kind: 'retry' });
  w.clock.pass(499);
  expect(w.tried).toEqual(['a']);
  w.clock.pass(1);
  expect(w.tried).toEqual(['a', 'a']);
  await w.answer({ kind: 'retry', after_ms: 60_000 });
  w.box.setLive(true);
  expect(w.tried).toEqual(['a', 'a', 'a']);
  expect(w.box.items.value[0]?.client_id).toBe(id);
  w.clock.pass(60_000);
  expect(w.tried).toHaveLength(3);
});

test('a refused message stays with its reason and does not hold up the next', async () => {
  const w = world();
  w.box.setLive(true);
  const id = w.write('a').client_id;
  w.write('b');
  await w.answer({ kind: 'failed', code: 'channel.muted' });
  expect(w.box.items.value[0]?.failed).toBe('channel.muted');
  expect(w.tried).toEqual(['a', 'b']);
  await w.answer({ kind: 'sent' });
  w.box.retry(id);
  expect(w.tried).toEqual(['a', 'b', 'a']);
  w.box.discard(id);
  expect(w.store.keys()).toEqual([]);
});

test('its event may be faster than the answer', async () => {
  const w = world();
  w.box.setLive(true);
  const id = w.write('a').client_id;
  w.write('b');
  w.box.confirm(id);
  expect(texts(w.box.items.value)).toEqual(['b']);
  await w.answer({ kind: 'retry' });
  w.clock.pass(1000);
  expect(w.tried).toEqual(['a', 'b']);
});

test('what a full disk did not take stays when another tab has written', () => {
  const w = world();
  const full = w.store.setItem;
  w.store.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const id = w.write('here alone').client_id;
  w.store.setItem = full;
  world(w.store, 'other').write('elsewhere');
  w.box.reload();
  expect(texts(w.box.items.value)).toEqual(['here alone', 'elsewhere']);
  w.box.retry(id);
  expect(texts(world(w.store).box.items.value)).toContain('here alone');
  w.box.discard(id);
  w.box.reload();
  expect(texts(w.box.items.value)).toEqual(['elsewhere']);
});

test('another user of this browser sees nothing of it', () => {
  const w = world();
  w.write('a');
  w.store.setItem('outbox:9:broken', '{');
  const parts = {
    disk: w.store,
    send: async (): Promise<Outcome> => ({ kind: 'sent' }),
    now: () => 0,
    uuid: () => '',
    later: () => {},
    random: () => 0,
  };
  expect(new Outbox(8, parts).items.value).toEqual([]);
  expect(texts(new Outbox(9, parts).items.value)).toEqual(['a']);
});

test('signed out: it waits until the connection lives again', async () => {
  const w = world();
  w.box.setLive(true);
  w.write('a');
  await w.answer(outcomeOf(401, 'token.invalid'));
  w.clock.pass(100_000);
  expect(w.tried).toEqual(['a']);
  w.box.setLive(true);
  expect(w.tried).toEqual(['a', 'a']);
  await w.answer({ kind: 'sent' });
  expect(w.store.keys()).toEqual([]);
});

test('what an answer means', () => {
  expect(outcomeOf(401, 'token.invalid')).toEqual({ kind: 'hold' });
  expect(outcomeOf(201, '')).toEqual({ kind: 'sent' });
  for (const status of [0, 408, 429, 500, 503, 504]) expect(outcomeOf(status, '').kind).toBe('retry');
  expect(outcomeOf(503, '', 2)).toEqual({ kind: 'retry', after_ms: 2000 });
  expect(outcomeOf(403, 'channel.muted')).toEqual({ kind: 'failed', code: 'channel.muted' });
});
