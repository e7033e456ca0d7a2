import { expect, test } from 'vitest';
import { Upload, type UploadParts } from '../src/core/uploads.ts';
import { Clock, settle } from './world.ts';

const MIB = 1024 * 1024;

/** A server of tus that can be cut off. */
function world(size: number) {
  const clock = new Clock();
  let stored = 0;
  let there = true;
  let refused = 0;
  let cutAfter = 1000;
  let fullAt = size;
  const asked: string[] = [];
  const send: UploadParts['send'] = (method, path, headers, body, progress) => {
    asked.push(method);
    const header = (name: string) =>
      name === 'Location' ? '/files/5' : name === 'Upload-Offset' ? String(stored) : null;
    const answer = async () => {
      if (!there || asked.length > cutAfter) throw new Error('network');
      if (refused) return { status: refused, header: () => null };
      if (method === 'POST') return { status: 201, header };
      if (method === 'PATCH') {
        if (Number(headers['Upload-Offset']) !== stored) return { status: 409, header };
        if (stored >= fullAt) return { status: 507, header };
        stored += body?.size ?? 0;
        progress(body?.size ?? 0);
      }
      return { status: path ? 204 : 0, header };
    };
    return { answer: answer(), abort: () => {} };
  };
  let done = 0;
  const file = Object.assign(new Blob([new Uint8Array(size)]), { name: 'añ.bin', lastModified: 0 }) as File;
  const parts = { send, info: async () => ({}) as never, refresh: async () => 'ok', later: clock.later };
  const make = () => new Upload(file, parts, () => done++);
  const set = (to: { there?: boolean; refused?: number; stored?: number; cutAfter?: number; fullAt?: number }) => {
    there = to.there ?? there;
    refused = to.refused ?? refused;
    stored = to.stored ?? stored;
    cutAfter = to.cutAfter ?? cutAfter;
    fullAt = to.fullAt ?? fullAt;
  };
  return { clock, asked, make, set, stored: () => stored, done: () => done };
}
const long = async () => {
  for (let i = 0; i < 20; i++) await settle();
};

test('a file goes in pieces, and ends', async () => {
  const w = world(20 * MIB);
  const u = w.make();
  await long();
  expect(w.asked).toEqual(['POST', 'PATCH', 'PATCH', 'PATCH']);
  expect([u.state.value, u.id, u.sent.value, w.stored(), w.done()]).toEqual(['done', 5, 20 * MIB, 20 * MIB, 1]);
});

test('after a lost network it goes on where the server has come to', async () => {
  const w = world(20 * MIB);
  w.set({ there: false });
  const u = w.make();
  await long();
  expect(u.state.value).toBe('waiting');
  w.set({ there: true });
  w.clock.pass(500);
  await long();
  expect(u.state.value).toBe('done');
});

test('cut off in the middle, even of a piece, it goes on from there', async () => {
  const w = world(20 * MIB);
  w.set({ cutAfter: 2 });
  const u = w.make();
  await long();
  expect([u.state.value, w.stored()]).toEqual(['waiting', 8 * MIB]);
  w.set({ cutAfter: 1000, stored: 11 * MIB });
  u.nudge();
  await long();
  expect([u.state.value, w.stored(), w.done()]).toEqual(['done', 20 * MIB, 1]);
});

test('a file that is refused says so, one that is dropped stays away', async () => {
  const w = world(1);
  w.set({ refused: 413 });
  const u = w.make();
  await long();
  expect([u.state.value, u.reason.value]).toEqual(['failed', 'file.too_large']);
  const v = world(1);
  v.set({ there: false });
  const gone = v.make();
  await long();
  gone.drop();
  v.set({ there: true });
  v.clock.pass(60_000);
  await long();
  expect(v.done()).toBe(0);
});

test('where there is no room it says so, and goes on when it is tried again', async () => {
  const full = world(20 * MIB);
  full.set({ refused: 507 });
  const v = full.make();
  await long();
  expect([v.state.value, v.reason.value, v.another]).toEqual(['failed', 'file.no_room', true]);
  full.clock.pass(60_000);
  expect(full.asked).toEqual(['POST']);
  v.again();
  await long();
  expect([v.state.value, v.another]).toEqual(['failed', true]);
  full.set({ refused: 0 });
  v.again();
  expect([v.state.value, v.another]).toEqual(['going', false]);
  await long();
  expect([v.state.value, full.done()]).toEqual(['done', 1]);
});

test('out of room in the middle it goes on from there', async () => {
  const w = world(20 * MIB);
  w.set({ fullAt: 8 * MIB });
  const u = w.make();
  await long();
  expect([u.state.value, u.reason.value, w.stored()]).toEqual(['failed', 'file.no_room', 8 * MIB]);
  w.set({ fullAt: 20 * MIB });
  u.again();
  await long();
  expect([u.state.value, w.stored()]).toEqual(['done', 20 * MIB]);
  expect(w.asked).toEqual(['POST', 'PATCH', 'PATCH', 'HEAD', 'PATCH', 'PATCH']);
});
