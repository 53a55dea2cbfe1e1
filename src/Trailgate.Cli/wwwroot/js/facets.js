// Counts by value, each a filter: a click shows only these, another all but these, a third lifts it.

import { h, icon, put } from './dom.js';
import { FILTERS, modeOf, readFilters, withFilter, without } from './filters.js';
import { FACETS } from './query.js';
import { addressOf, params, visit } from './state.js';
import { foreign, number, short } from './text.js';

const SHOWN = 6;
const NEXT = { only: 'not', not: null };
const NOW = { only: 'only these are shown', not: 'these are left out' };

/** Makes the facets. */
export function facets() {
  const root = h('div', { class: 'facets' });
  const open = new Set(); // facets that show all their values
  let last = null;

  function draw(counted) {
    last = counted;
    put(root, FACETS.map((name) => group(name, counted[name])));
  }

  function group(name, facet) {
    const state = params();
    const listed = facet?.values ?? [];
    // What is filtered stays in sight, though the counts may not know it any more.
    const kept = readFilters(state).filter((filter) => filter.name === name && !listed.some((value) => value.value === filter.value)).map((filter) => ({ value: filter.value, count: 0 }));
    const all = [...listed, ...kept];
    if (all.length === 0) return null;
    const values = open.has(name) ? all : all.filter((value, place) => place < SHOWN || modeOf(state, name, value.value));
    const start = name === 'action' ? sharedStart(all) : 0;
    const most = Math.max(1, ...all.map((value) => value.count));
    const filtered = readFilters(state).some((filter) => filter.name === name);
    return h('section', { class: 'facet' },
      h('h2', {}, FILTERS[name], filtered ? h('button', { class: 'button link', onclick: () => visit(addressOf(without(params(), name))), 'aria-label': `Clear ${FILTERS[name]}` }, 'clear') : null),
      h('ul', {}, values.map((value) => item(name, value, modeOf(state, name, value.value), most, start))),
      all.length > values.length || open.has(name) ? h('button', { class: 'button link more', onclick: () => more(name) }, open.has(name) ? 'Show fewer' : `${all.length - values.length} more`) : null,
      facet?.other ? h('p', { class: 'other' }, `${number(facet.other)} events with other values`) : null);
  }

  function item(name, { value, count }, mode, most, start) {
    const bar = h('span', { class: 'bar' });
    bar.style.width = `${(count / most) * 100}%`;
    const text = value === '' ? 'none' : value.slice(start);
    const next = mode === null ? 'only' : NEXT[mode];
    return h('li', {}, h('button', {
      class: `value ${mode ?? ''} ${name}-${/^[a-z]+$/.test(value) ? value : 'x'}`, disabled: value === '', title: short(value, 300),
      'aria-pressed': String(mode !== null), 'data-key': `${name} ${value}`,
      onclick: () => visit(addressOf(withFilter(params(), name, value, next))),
    }, bar, mode === null ? null : icon(mode === 'only' ? 'check' : 'delete'), foreign(text, 80, 'name'), ' ', h('span', { class: 'count' }, number(count)), mode ? h('span', { class: 'unseen' }, `, ${NOW[mode]}`) : null));
  }

  function more(name) {
    if (!open.delete(name)) open.add(name);
    draw(last);
  }

  root.show = draw;
  return root;
}

// How much at their start all actions share, up to a dot: the service, which is the same for most, would hide the rest.
function sharedStart(values) {
  const parts = values.map(({ value }) => value.split('.'));
  let same = 0;
  while (parts.length > 1 && parts.every((one) => same < one.length - 1 && one[same] === parts[0][same])) same++;
  return same === 0 ? 0 : parts[0].slice(0, same).join('.').length + 1;
}
