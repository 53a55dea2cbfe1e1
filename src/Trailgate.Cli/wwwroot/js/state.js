// The address is the state: all that one sees can be sent as a link, and the browser's Back undoes each step.

const listeners = new Set();

/** The state: a copy, under the names of GET /api/events and those of the page (tab, event, panel, view, last, columns ...). */
export function params() {
  const hash = location.hash;
  return new URLSearchParams(hash.startsWith('#?') ? hash.slice(2) : '');
}

export const get = (name) => params().get(name);

/** The address of a state that differs from this one; null takes a name out. */
export function href(changes, base = params()) {
  const next = new URLSearchParams(base);
  for (const [name, value] of Object.entries(changes)) {
    next.delete(name);
    for (const one of [value].flat()) if (one !== null && one !== undefined && one !== '') next.append(name, one);
  }
  return addressOf(next);
}

/** The address of a state. */
export function addressOf(state) {
  // What is plain in an address stays so: links are read by people too.
  return `#?${state.toString().replace(/%2C/g, ',').replace(/%3A/g, ':').replace(/%2A/g, '*').replace(/%21/g, '!').replace(/%40/g, '@').replace(/%2F/g, '/')}`;
}

/** Goes to another state. */
export function go(changes) {
  visit(href(changes));
}

/** Goes to an address of this page. */
export function visit(address) {
  if (address === location.hash) return;
  history.pushState(null, '', address);
  tell();
}

/** Has somebody told of each change, and of the state now. */
export function watch(listener) {
  listeners.add(listener);
  listener(params());
}

/** Reads the links of alert messages (/?event=ID, /?alert=ID, /?thread=ID), and follows the address from now on. */
export function begin() {
  const asked = new URLSearchParams(location.search);
  const [event, alert, thread] = ['event', 'alert', 'thread'].map((name) => asked.get(name));
  if (event || alert || thread) {
    const address = event ? href({ event }, new URLSearchParams()) : href({ tab: 'alerts', alert, thread }, new URLSearchParams());
    history.replaceState(null, '', location.pathname + address);
  }
  // Links within the page and the browser's buttons alike.
  addEventListener('popstate', tell);
}

function tell() {
  const state = params();
  for (const listener of listeners) listener(state);
}
