// A JSON value as a tree that folds.

import { h } from './dom.js';
import { visible } from './text.js';

const LONGEST = 600;
const MOST = 200;

/** The tree of a value. What is deep or long is folded. */
export function jsonView(value) {
  return h('div', { class: 'json' }, branch(null, value, 0, true));
}

function branch(name, value, depth, last) {
  const comma = last ? '' : ',';
  const label = name === null ? null : [h('span', { class: 'name' }, visible(JSON.stringify(name))), ': '];
  if (value === null || typeof value !== 'object' || JSON.isRawJSON?.(value)) return h('div', { class: 'leaf' }, label, scalar(value), comma);
  const entries = Array.isArray(value) ? value.map((item) => [null, item]) : Object.entries(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) return h('div', { class: 'leaf' }, label, `${open}${close}${comma}`);
  const fold = h('details', { open: depth < 3 && entries.length <= 50 },
    h('summary', {}, label, open, h('span', { class: 'folded' }, ` ${entries.length} ${close}${comma}`)));
  const inside = h('div', { class: 'inside' });
  // Drawn when it is first opened: a body of thousands of members costs nothing before.
  const draw = () => {
    if (!fold.open || inside.parentNode) return;
    addMembers(inside, entries, 0, depth);
    fold.append(inside, h('div', {}, `${close}${comma}`));
  };
  fold.addEventListener('toggle', draw);
  draw();
  return fold;
}

function addMembers(inside, entries, from, depth) {
  const to = Math.min(entries.length, from + MOST);
  for (let place = from; place < to; place++) inside.append(branch(...entries[place], depth + 1, place === entries.length - 1));
  if (to === entries.length) return;
  const more = h('button', { class: 'button link', onclick: () => { more.remove(); addMembers(inside, entries, to, depth); } }, `${entries.length - to} more`);
  inside.append(more);
}

function scalar(value) {
  if (typeof value !== 'string') return h('span', { class: 'number' }, JSON.stringify(value));
  const text = (length) => visible(JSON.stringify(value.slice(0, length)));
  if (value.length <= LONGEST) return h('span', { class: 'string' }, text(LONGEST));
  const shown = h('span', { class: 'string' }, `${text(LONGEST).slice(0, -1)}…"`);
  const all = h('button', { class: 'button link', onclick: () => { shown.textContent = text(value.length); all.remove(); } }, `all ${value.length.toLocaleString('en-GB')} characters`);
  return [shown, ' ', all];
}
