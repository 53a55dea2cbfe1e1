// The list of events: sentences under their days, or a table of the columns that a view names.

import { h, icon } from './dom.js';
import { ending, kindOf, regionOf, sentence } from './sentence.js';
import { href } from './state.js';
import { foreign } from './text.js';
import { clock, day, exact, hover } from './time.js';

/** Makes a list; `columns` of a view make it a table. */
export function eventList(columns) {
  const table = columns.length > 0;
  const rows = table ? h('tbody') : h('ul', { class: 'events' });
  const root = table ? h('div', { class: 'grid-scroll' }, h('table', { class: 'grid' }, h('thead', {}, h('tr', {}, columns.map((name) => h('th', { scope: 'col' }, titleOf(name))))), rows)) : rows;
  const shown = []; // { event, row }, as they stand in the list
  const known = new Set();

  /** Adds an event at the end; one that is there already is passed over. */
  root.add = (event) => place(event, shown.length);

  /** Adds an event where it belongs in a list of the newest first: sources deliver late, and out of order. */
  root.insert = (event) => {
    const at = shown.findIndex((other) => isNewer(event, other.event));
    return place(event, at < 0 ? shown.length : at);
  };

  function place(event, at) {
    if (known.has(event.id)) return null;
    known.add(event.id);
    const row = table ? tableRow(event, columns) : sentenceRow(event);
    const [before, after] = [shown[at - 1], shown[at]];
    const now = day(event.eventTime);
    if (after && (table || day(after.event.eventTime) === now)) after.row.before(row);
    else {
      // The first of its day, or the last: what follows begins with the heading of another one.
      if (before) before.row.after(row);
      else rows.prepend(row);
      if (!table && (!before || day(before.event.eventTime) !== now)) row.before(h('li', { class: 'day', 'data-day': now }, now, ' UTC'));
    }
    shown.splice(at, 0, { event, row });
    return row;
  }

  /** Marks the event that is open. */
  root.mark = (id) => {
    for (const link of rows.querySelectorAll('a.row')) {
      if (link.dataset.id === id) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  Object.defineProperty(root, 'size', { get: () => known.size });
  return root;
}

// By time and then id, as the server orders them; times have up to nine digits of a second.
function isNewer(one, other) {
  const [left, right] = [one, other].map(({ eventTime }) => String(eventTime).replace('Z', '').padEnd(29, '0'));
  return left === right ? one.id > other.id : left > right;
}

function sentenceRow(event) {
  const why = ending(event);
  return h('li', {}, h('a', { ...linkTo(event), class: `row ${event.outcome ?? ''}` },
    h('time', { datetime: event.eventTime, title: hover(event.eventTime) }, clock(event.eventTime)),
    badge(event),
    h('span', { class: 'said' }, h('span', { class: 'line' }, sentence(event, { when: false, where: false })), why ? h('span', { class: 'line more' }, why) : null),
    regionOf(event) ? foreign(regionOf(event), 40, 'chip') : h('span')));
}

function tableRow(event, columns) {
  return h('tr', { class: event.outcome ?? '' }, columns.map((name, place) => {
    const value = valueOf(event, name);
    const shown = name === 'eventTime' ? exact(value) : value;
    return h('td', { 'data-title': titleOf(name) }, place === 0 ? h('a', { ...linkTo(event), class: 'row' }, foreign(shown, 200)) : foreign(shown, 200));
  }));
}

const linkTo = (event) => ({ href: href({ event: event.id, panel: null }), 'data-id': event.id });

/** The shape and colour of what an event does. */
export function badge(event) {
  const kind = kindOf(event);
  return h('span', { class: `badge kind-${kind}`, title: kind }, icon(event.outcome === 'failure' ? 'alert' : kind));
}

// The value under a path such as reason.reasonForFailure; region and kind stand under trailgate.
function valueOf(event, path) {
  const real = ['region', 'kind'].includes(path) ? ['trailgate', path] : path.split('.');
  return real.reduce((value, name) => (value !== null && typeof value === 'object' && Object.hasOwn(value, name) ? value[name] : undefined), event);
}

const TITLES = {
  eventTime: 'Time', 'initiator.name': 'Who', 'initiator.id': 'Who (id)', 'target.name': 'Target', 'target.id': 'Target (id)',
  'reason.reasonForFailure': 'Reason', 'reason.reasonCode': 'Code', correlationId: 'Request',
};
const titleOf = (name) => TITLES[name] ?? name.replace(/^trailgate\./, '').replace(/^./, (first) => first.toUpperCase());
