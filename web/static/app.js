// The minimal page of Palique: sign in, channels, messages, live over /ws. Nodes are built, never HTML strings.
'use strict';

const TEXT = {
  en: { email: 'E-mail', username: 'Username', usernameOrEmail: 'Username or e-mail', password: 'Password', organization: 'Organisation (to make a new one)', signIn: 'Sign in',
    register: 'Create account', toRegister: 'No account yet? Create one', toSignIn: 'Have an account? Sign in', welcome: 'Team chat of your own.', channels: 'Channels', people: 'People',
    newChannel: 'New channel', send: 'Send', info: 'Info', members: 'Members', leave: 'Leave channel', signOut: 'Sign out', join: 'join', offline: 'No connection: trying again…',
    write: n => `Write to #${n}`, typing: n => `${n} is typing…`, joined: n => `${n} joined`, left: n => `${n} left`, deleted: 'deleted', edited: '(edited)', edit: 'Edit', remove: 'Delete',
    failed: 'Not sent', banned: 'This account may not connect.', gap: 'Older messages are missing here: reload.' },
  es: { email: 'Correo', username: 'Usuario', usernameOrEmail: 'Usuario o correo', password: 'Contraseña', organization: 'Organización (para crear una)', signIn: 'Entrar',
    register: 'Crear cuenta', toRegister: '¿Sin cuenta? Crea una', toSignIn: '¿Ya tienes cuenta? Entra', welcome: 'El chat de tu equipo, en tu casa.', channels: 'Canales', people: 'Personas',
    newChannel: 'Canal nuevo', send: 'Enviar', info: 'Información', members: 'Miembros', leave: 'Salir del canal', signOut: 'Salir', join: 'entrar', offline: 'Sin conexión: reintentando…',
    write: n => `Escribe en #${n}`, typing: n => `${n} está escribiendo…`, joined: n => `${n} se unió`, left: n => `${n} salió`, deleted: 'eliminado', edited: '(editado)', edit: 'Editar', remove: 'Eliminar',
    failed: 'No enviado', banned: 'Esta cuenta no puede conectarse.', gap: 'Aquí faltan mensajes anteriores: recarga.' },
};
const lang = navigator.language.startsWith('es') ? 'es' : 'en';
const t = TEXT[lang];
const $ = id => document.getElementById(id);
const make = (tag, props = {}, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children);
  return node;
};

const state = { token: null, me: null, socket: null, wait: 500, current: null, channels: new Map(), people: new Map(), typing: new Map(), registering: false, wanted: false };

// ---- requests ----

async function api(method, path, body, retry = true) {
  const headers = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (state.token) headers.Authorization = `Bearer ${state.token}`;
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  if (answer.status === 401 && retry && state.token && await refresh()) return api(method, path, body, false);
  const data = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw Object.assign(new Error(problemText(data) || `HTTP ${answer.status}`), { problem: data, status: answer.status });
  return data;
}

const problemText = p => p && [p.detail || p.title, ...(p.errors || []).map(e => `${e.pointer.slice(1)}: ${e.detail}`)].filter(Boolean).join(' · ');

async function refresh() {
  const answer = await fetch('/auth/refresh', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' });
  if (!answer.ok) return false;
  signedIn(await answer.json());
  return true;
}

function signedIn(data) {
  state.token = data.access_token;
  state.me = data.user;
}

// ---- the door ----

function door(text = t.welcome) {
  state.wanted = false;
  $('chat').hidden = true;
  $('door').hidden = false;
  $('doorText').textContent = text;
  $('doorGo').textContent = state.registering ? t.register : t.signIn;
  $('doorSwitch').textContent = state.registering ? t.toSignIn : t.toRegister;
  document.querySelectorAll('[data-only=register]').forEach(n => { n.hidden = !state.registering; });
  document.querySelector('[data-t=username]').textContent = state.registering ? t.username : t.usernameOrEmail;
  $('signIn').elements.password.autocomplete = state.registering ? 'new-password' : 'current-password';
}

$('doorSwitch').onclick = () => { state.registering = !state.registering; $('doorError').textContent = ''; door(); };

$('signIn').onsubmit = async event => {
  event.preventDefault();
  const field = $('signIn').elements;
  const name = field.username.value.trim();
  const body = { password: field.password.value };
  if (state.registering) {
    Object.assign(body, { username: name, email: field.email.value.trim(), language: lang });
    if (field.organization.value.trim()) body.organization = field.organization.value.trim();
  } else body[name.includes('@') ? 'email' : 'username'] = name;
  $('doorError').textContent = '';
  try {
    signedIn(await api('POST', state.registering ? '/auth/register' : '/auth/login', body, false));
    field.password.value = '';
    enter();
  } catch (error) { $('doorError').textContent = error.message; }
};

$('signOut').onclick = async () => {
  state.wanted = false;
  await api('POST', '/auth/logout', {}).catch(() => null);
  state.socket?.close();
  location.reload();
};

// ---- the socket ----

function enter() {
  $('door').hidden = true;
  $('chat').hidden = false;
  $('me').textContent = state.me.display_name || state.me.username;
  state.wanted = true;
  connect();
}

function connect() {
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
  const resume = [...state.channels.values()].some(c => c.seq !== null);
  const socket = new WebSocket(`${scheme}://${location.host}/ws?resume=${resume}&token=${encodeURIComponent(state.token)}`);
  state.socket = socket;
  socket.onmessage = event => { const frame = JSON.parse(event.data); on[frame.type]?.(frame); };
  socket.onclose = async event => {
    if (!state.wanted || socket !== state.socket) return;
    $('connection').textContent = t.offline;
    if (event.code === 4403) return door(t.banned);
    // First within the window that the server has told, so that not all come at once; then with growing waits.
    const { min_ms, max_ms } = state.window || { min_ms: state.wait * 0.5, max_ms: state.wait * 1.5 };
    state.window = null;
    await new Promise(done => setTimeout(done, min_ms + Math.random() * (max_ms - min_ms)));
    state.wait = Math.min(state.wait * 2, 15000);
    if (event.code === 4401 || event.code === 1006) await refresh().catch(() => null);
    connect();
  };
}

const say = frame => state.socket?.readyState === WebSocket.OPEN && (state.socket.send(JSON.stringify(frame)), true);

const on = {
  async hello(frame) {
    state.wait = 500;
    state.window = frame.reconnect;
    $('connection').textContent = '';
    const positions = {};
    for (const c of state.channels.values()) if (c.seq !== null) positions[c.id] = c.seq;
    state.resuming = Object.keys(positions).length > 0;
    if (state.resuming) say({ type: 'resume', positions });
    for (const c of frame.channels) Object.assign(channel(c.channel_id), { name: c.name, head: c.head_seq, read: c.read_seq, member: true });
    await lists();
    for (const message of outbox()) say(message);
    const first = state.current || Number(location.hash.slice(1)) || frame.channels[0]?.channel_id;
    if (state.channels.get(first)?.member) await open(first);
  },
  chat_message(frame) { event(frame, c => { put(c, frame.message); announce(c, frame.message); }); },
  message_edited(frame) { event(frame, c => put(c, frame.message)); },
  message_deleted(frame) { event(frame, c => { const m = c.messages.get(frame.message_id); if (m) { m.is_deleted = true; m.content = ''; } }); },
  user_joined(frame) {
    if (frame.user_id === state.me.id) channel(frame.channel_id).member = true;
    event(frame, c => note(c, t.joined(frame.user?.display_name || frame.user?.username || '?')));
    lists();
  },
  user_left(frame) { event(frame, c => { note(c, t.left(frame.username)); if (frame.user_id === state.me.id) c.member = false; }); lists(); },
  channel_updated(frame) { event(frame, c => Object.assign(c, { name: frame.channel.name, topic: frame.channel.topic })); },
  channel_deleted(frame) { state.channels.delete(frame.channel_id); drawChannels(); },
  channel_announced() { lists(); },
  resumed() { state.resuming = false; },
  gap(frame) { const c = channel(frame.channel_id); c.seq = frame.to; note(c, t.gap); if (c.id === state.current) load(c); },
  presence(frame) { present([frame.user_id], frame.status); },
  presence_batch(frame) { ['online', 'away', 'busy', 'offline'].forEach(status => present(frame[status] || [], status)); },
  user_updated(frame) { state.people.set(frame.id, { ...frame, status: state.people.get(frame.id)?.status || 'offline' }); drawPeople(); },
  read_marker(frame) { const c = channel(frame.channel_id); c.read = Math.max(c.read, frame.seq); drawChannels(); },
  user_typing(frame) { state.typing.set(frame.user_id, { channel: frame.channel_id, name: frame.username, until: Date.now() + 6000 }); drawTyping(); setTimeout(drawTyping, 6100); },
  ack(frame) { if (frame.request === 'chat_message') settle(frame.client_id); },
  error(frame) {
    if (frame.request !== 'chat_message') return;
    if (!['service.unavailable', 'service.timeout', 'rate.limited'].includes(frame.code)) return settle(frame.client_id, problemText(frame));
    setTimeout(() => outbox().filter(m => m.client_id === frame.client_id).forEach(say), (frame.retry_after || 2) * 1000);
  },
};

function present(ids, status) {
  const known = ids.map(id => state.people.get(id)).filter(Boolean);
  known.forEach(p => { p.status = status; });
  if (known.length < ids.length) lists();
  drawPeople();
}

// A durable event: in order and once, whatever the connection does.
function event(frame, apply) {
  const c = channel(frame.channel_id);
  if (c.seq !== null && frame.seq <= c.seq) return;
  if (c.seq !== null && state.resuming && frame.seq > c.seq + 1) return; // it comes again, after what was missed
  c.seq = c.head = frame.seq;
  apply(c);
  state.typing.delete(frame.message?.user_id);
  if (c.id === state.current) { draw(c); markRead(c); }
  drawChannels();
}

// ---- what there is ----

function channel(id) {
  if (!state.channels.has(id)) state.channels.set(id, { id, name: `#${id}`, topic: '', head: 0, read: 0, seq: null, member: false, mention: false, messages: new Map(), notes: [] });
  return state.channels.get(id);
}

const put = (c, message) => c.messages.set(message.id, message);
const note = (c, text) => c.notes.push({ after: Math.max(0, ...c.messages.keys()), text });

async function lists() {
  const [channels, people] = await Promise.all([api('GET', '/channels/'), api('GET', '/users/online')]).catch(() => [null, null]);
  if (!channels) return;
  for (const c of channels.items) Object.assign(channel(c.id), { name: c.name, topic: c.topic || c.description || '', member: c.is_member ?? channel(c.id).member });
  for (const p of state.people.values()) p.status = 'offline';
  for (const p of people.items) state.people.set(p.id, p);
  drawChannels();
  drawPeople();
}

async function open(id) {
  const c = channel(id);
  if (!c.member) { await api('POST', `/channels/${id}/join`, {}); c.member = true; }
  state.current = id;
  history.replaceState(null, '', `#${id}`);
  $('channelName').textContent = `# ${c.name}`;
  $('channelTopic').textContent = c.topic || '';
  $('messageInput').placeholder = t.write(c.name);
  $('messageInput').value = localStorage.getItem(`draft:${id}`) || '';
  if (c.seq === null) await load(c);
  c.mention = false;
  draw(c, true);
  markRead(c);
  drawChannels();
  if (!$('infoPanel').hidden) members();
  $('messageInput').focus();
}

async function load(c) {
  const page = await api('GET', `/channels/${c.id}/messages?limit=100`);
  for (const message of page.items) put(c, message);
  c.seq = Math.max(c.seq ?? 0, page.head_seq);
  c.head = Math.max(c.head, c.seq);
  draw(c);
}

function markRead(c) {
  if (document.hidden || c.read >= c.head) return;
  c.read = c.head;
  say({ type: 'mark_read', channel_id: c.id, seq: c.head });
}

function announce(c, message) {
  if (message.user_id === state.me.id) return;
  if (message.mentions?.includes(state.me.id) && c.id !== state.current) c.mention = true;
  if (c.id === state.current && !document.hidden) $('live').textContent = `${message.username}: ${message.content}`;
}

// ---- sending: kept until it is acknowledged, sent again after a reconnection, stored once ----

const outbox = () => JSON.parse(localStorage.getItem('outbox') || '[]');
const keep = list => localStorage.setItem('outbox', JSON.stringify(list));

function send(content) {
  const message = { type: 'chat_message', channel_id: state.current, content, client_id: crypto.randomUUID?.() || uuid() };
  keep([...outbox(), message]);
  say(message);
  draw(channel(state.current), true);
}

function uuid() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = b[6] & 15 | 64; b[8] = b[8] & 63 | 128;
  const h = [...b].map(x => x.toString(16).padStart(2, '0')).join('');
  return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join('-');
}

function settle(clientId, problem) {
  const message = outbox().find(m => m.client_id === clientId);
  keep(outbox().filter(m => m.client_id !== clientId));
  if (message && problem) note(channel(message.channel_id), `${t.failed}: ${problem} — «${message.content}»`);
  if (state.current) draw(channel(state.current));
}

$('composer').onsubmit = event => {
  event.preventDefault();
  const content = $('messageInput').value.trim();
  if (!content || !state.current) return;
  $('messageInput').value = '';
  localStorage.removeItem(`draft:${state.current}`);
  send(content);
};

let typedAt = 0;
$('messageInput').oninput = () => {
  localStorage.setItem(`draft:${state.current}`, $('messageInput').value);
  if (Date.now() - typedAt > 3000) { typedAt = Date.now(); say({ type: 'typing', channel_id: state.current }); }
};
$('messageInput').onkeydown = event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); $('composer').requestSubmit(); }
};
$('emojiButton').onclick = () => { $('messageInput').setRangeText('🙂', $('messageInput').selectionStart, $('messageInput').selectionEnd, 'end'); $('messageInput').focus(); };

// ---- drawing ----

const clock = iso => new Date(iso).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' });

function row(m) {
  const own = m.user_id === state.me.id;
  const node = make('li', { className: `message ${own ? 'own' : 'other'}` });
  if (m.is_deleted) node.classList.add('gone');
  if (m.mentions?.includes(state.me.id)) node.classList.add('mine-mention');
  node.dataset.messageId = m.id;
  if (own && !m.is_deleted) {
    const edit = make('button', { type: 'button', textContent: t.edit, onclick: () => { const text = prompt(t.edit, m.content); if (text?.trim()) say({ type: 'edit_message', message_id: m.id, content: text.trim() }); } });
    const remove = make('button', { type: 'button', textContent: t.remove, onclick: () => say({ type: 'delete_message', message_id: m.id }) });
    node.append(make('span', { className: 'acts' }, edit, remove));
  }
  node.append(make('b', { textContent: m.username }), make('time', { dateTime: m.created_at, textContent: clock(m.created_at) }));
  if (m.edited_at && !m.is_deleted) node.append(make('small', { textContent: t.edited }));
  node.append(make('p', { textContent: m.is_deleted ? t.deleted : m.content }));
  return node;
}

function draw(c, toEnd = false) {
  const box = $('messagesContainer');
  const atEnd = toEnd || box.scrollHeight - box.scrollTop - box.clientHeight < 100;
  const rows = [];
  let day = '';
  const notesAfter = id => c.notes.filter(n => n.after === id).map(n => make('li', { className: 'event', textContent: n.text }));
  rows.push(...notesAfter(0));
  for (const m of [...c.messages.values()].sort((a, b) => a.id - b.id).slice(-400)) {
    const date = new Date(m.created_at).toLocaleDateString(lang, { weekday: 'long', day: 'numeric', month: 'long' });
    if (date !== day) rows.push(make('li', { className: 'day', textContent: date }));
    day = date;
    rows.push(row(m), ...notesAfter(m.id));
  }
  for (const m of outbox().filter(m => m.channel_id === c.id)) rows.push(make('li', { className: 'message own pending' }, make('b', { textContent: state.me.username }), make('p', { textContent: m.content })));
  box.replaceChildren(...rows);
  if (atEnd) requestAnimationFrame(() => box.lastElementChild?.scrollIntoView({ block: 'end' }));
  drawTyping();
}

function drawChannels() {
  const byName = [...state.channels.values()].sort((a, b) => b.member - a.member || a.name.localeCompare(b.name));
  $('channelList').replaceChildren(...byName.map(c => {
    const unread = c.member ? Math.max(0, c.head - c.read) : 0;
    const button = make('button', { type: 'button', onclick: () => open(c.id).catch(e => { $('connection').textContent = e.message; }) }, make('span', { textContent: `# ${c.name}` }));
    if (c.id === state.current) button.setAttribute('aria-current', 'true');
    if (unread) button.classList.add('unread');
    if (!c.member) button.classList.add('open');
    if (unread || !c.member) button.append(make('i', { className: c.mention ? 'badge you' : 'badge', textContent: c.member ? unread : t.join }));
    return make('li', {}, button);
  }));
  const total = byName.filter(c => c.member && c.head > c.read).length;
  document.title = total ? `(${total}) Palique` : 'Palique';
}

const person = p => make('li', {}, make('i', { className: `dot ${p.status}`, title: p.status }), make('span', { textContent: p.display_name || p.username }));

function drawPeople() {
  $('userList').replaceChildren(...[...state.people.values()].sort((a, b) => (a.status === 'offline') - (b.status === 'offline') || a.username.localeCompare(b.username)).map(person));
}

function drawTyping() {
  const names = [...state.typing.values()].filter(x => x.channel === state.current && x.until > Date.now()).map(x => x.name);
  $('typingIndicator').textContent = names.length ? t.typing(names.join(', ')) : '';
}

async function members() {
  const list = await api('GET', `/channels/${state.current}/members`);
  $('memberList').replaceChildren(...list.items.map(m => person({ ...m, status: state.people.get(m.user_id)?.status || 'offline' })));
}

$('infoButton').onclick = () => {
  $('infoPanel').hidden = !$('infoPanel').hidden;
  $('infoButton').setAttribute('aria-expanded', String(!$('infoPanel').hidden));
  if (!$('infoPanel').hidden && state.current) members();
};
$('leave').onclick = () => state.current && api('POST', `/channels/${state.current}/leave`, {}).catch(e => { $('connection').textContent = e.message; });
$('newChannel').onsubmit = async event => {
  event.preventDefault();
  const field = $('newChannel').elements.name;
  try {
    const made = await api('POST', '/channels/', { name: field.value.trim() });
    field.value = '';
    Object.assign(channel(made.id), { name: made.name, member: true });
    await open(made.id);
  } catch (error) { $('connection').textContent = error.message; }
};

document.addEventListener('visibilitychange', () => { if (!document.hidden && state.current) markRead(channel(state.current)); });
setInterval(() => say({ type: 'ping' }), 60000);

// ---- start ----

document.documentElement.lang = lang;
document.querySelectorAll('[data-t]').forEach(n => { n.textContent = t[n.dataset.t]; });
document.querySelectorAll('[data-p]').forEach(n => { n.placeholder = t[n.dataset.p]; n.setAttribute('aria-label', t[n.dataset.p]); });
$('messageInput').setAttribute('aria-label', t.send);
refresh().then(ok => ok ? enter() : door()).catch(() => door());
