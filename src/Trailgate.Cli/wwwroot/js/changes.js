// What an event changed, field by field, each old value with the event that it was last seen in.

import { json } from './api.js';
import { h, put } from './dom.js';
import { jsonView } from './json.js';
import { href } from './state.js';
import { empty, failed, loading, notice } from './states.js';
import { foreign, short } from './text.js';
import { ago, hover } from './time.js';

const SIGNS = { add: '+', remove: '−', replace: '~' };
const NAMES = { add: 'Added', remove: 'Removed', replace: 'Changed' };

/** Asks for the changes of an event, and shows them. */
export function changesView(id, signal) {
  const root = h('div', { class: 'changes' }, loading(4));
  ask();
  return root;

  async function ask() {
    try {
      const { changes } = await json(`api/events/${id}?changes=true`, { signal });
      put(root, shown(changes));
    } catch (error) {
      if (error.name !== 'AbortError') put(root, failed(error, ask));
    }
  }
}

function shown(changes) {
  const { differences = [], unknown = [], deleted, note, state } = changes ?? {};
  const nothing = differences.length === 0 && unknown.length === 0 && !deleted;
  return [
    note ? notice('plain', short(note, 600)) : null,
    nothing && state === 'compared' ? empty('Nothing changed', 'What was sent is what stood there before.') : null,
    nothing && state !== 'compared' && !note ? empty('Nothing to compare', 'This event carries no value of its target.') : null,
    differences.length ? h('ul', { class: 'diff' }, differences.map(difference)) : null,
    unknown.length ? h('section', {}, h('h3', {}, 'Set, and nobody knows what was there before'), h('ul', { class: 'paths' }, unknown.map((path) => h('li', {}, foreign(path, 200))))) : null,
    deleted ? h('section', {}, h('h3', {}, 'What was deleted'), seen(deleted.observed), jsonView(deleted.last)) : null,
  ];
}

function difference({ op, path, value, old, observed }) {
  return h('li', { class: op },
    h('div', { class: 'path' }, h('span', { class: 'sign', 'aria-hidden': 'true' }, SIGNS[op] ?? '·'), h('span', { class: 'unseen' }, `${NAMES[op] ?? op}: `), foreign(path, 300)),
    op === 'add' ? null : h('div', { class: 'old' }, h('span', { class: 'unseen' }, 'before: '), written(old)),
    op === 'remove' ? null : h('div', { class: 'new' }, h('span', { class: 'unseen' }, 'after: '), written(value)),
    seen(observed));
}

const written = (value) => (value !== null && typeof value === 'object' ? jsonView(value) : h('code', {}, foreign(value === undefined ? 'unknown' : JSON.stringify(value), 1000)));

function seen(observed) {
  if (!observed) return null;
  return h('p', { class: 'seen' }, 'Before: as seen ', h('a', { href: href({ event: observed.id }), title: hover(observed.eventTime) }, ago(observed.eventTime)), observed.action ? [' in ', foreign(observed.action, 80)] : null);
}
