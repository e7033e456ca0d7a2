import type { Wire, WireEvents } from '../core/connection.ts';

/** A WebSocket as the connection machine wants it. After close() it says nothing more. */
export function openSocket(token: string, events: WireEvents): Wire {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const socket = new WebSocket(`${scheme}://${location.host}/ws?resume=true&token=${encodeURIComponent(token)}`);
  let over = false;
  socket.onmessage = event => {
    if (!over && typeof event.data === 'string') events.message(event.data);
  };
  socket.onclose = event => {
    if (!over) events.closed(event.code, event.reason);
    over = true;
  };
  return {
    send: text => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      over = true;
      socket.close();
    },
  };
}
