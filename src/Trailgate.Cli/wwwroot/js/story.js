// Everything that one request did, across regions, and what the same people did around it.

import { json } from './api.js';
import { h, icon, put } from './dom.js';
import { badge } from './list.js';
import { ending, regionOf, sentence, whoOf } from './sentence.js';
import { get, go, href } from './state.js';
import { empty, failed, gaps, loading, notice } from './states.js';
import { count, foreign } from './text.js';
import { clock, day, hover, span } from './time.js';

/** Asks for the story of a request, and tells it; `open` is the event that is marked. */
export function storyView(correlationId, signal, open) {
  const root = h('div', { class: 'story' }, loading(5));
  ask();
  return root;

  async function ask() {
    try {
      put(root, told(await json(`api/stories/${encodeURIComponent(correlationId)}`, { signal }), open));
    } catch (error) {
      if (error.name === 'AbortError') return;
      put(root, error.status === 404 ? empty('There is no such request', 'No event that is kept has this correlation id.') : failed(error, ask));
    }
  }
}

/** The tab: a story by its correlation id. */
export function storyTab() {
  const field = h('input', { id: 'correlation', type: 'search', spellcheck: 'false', autocomplete: 'off', placeholder: 'Correlation id', 'aria-label': 'Correlation id' });
  const find = (event) => {
    event.preventDefault();
    if (field.value.trim()) go({ correlationId: field.value.trim() });
  };
  const body = h('div');
  const root = h('div', { class: 'page' }, h('h1', {}, 'Story'),
    h('p', { class: 'lead' }, 'Everything with one correlation id, in order and across regions, and what the same people did ten minutes before and after.'),
    h('form', { class: 'search wide', role: 'search', onsubmit: find }, icon('search'), field, h('button', { class: 'button', type: 'submit' }, 'Tell')), body);
  let shown; // nothing yet, which is not the same as no request
  let stop = new AbortController();
  root.show = (state) => {
    const id = state.get('correlationId');
    if (id === shown) return;
    shown = id;
    stop.abort();
    stop = new AbortController();
    field.value = id ?? '';
    put(body, id ? storyView(id, stop.signal) : empty('Which request?', 'Open an event and choose Story, or enter a correlation id.', h('a', { class: 'button', href: '#?' }, 'Look at events')));
  };
  return root;
}

function told(story, open) {
  const { steps = [], before = [], after = [] } = story;
  const lasted = (new Date(story.to) - new Date(story.from)) / 1000;
  const unresolved = steps.filter((step) => step.unresolved).length;
  return [
    gaps(story.unavailable ?? [], story.damaged?.length),
    h('p', { class: 'summary' }, h('strong', {}, count(steps.length, 'step')), ` in ${story.regions.join(', ')}, ${lasted < 1 ? 'within a second' : `over ${span(lasted)}`}, on ${day(story.from)}.`),
    unresolved ? notice('warn', `${count(unresolved, 'attempt')} without an outcome: nothing that is kept says how ${unresolved === 1 ? 'it' : 'they'} ended.`) : null,
    around('Before', before),
    h('ol', { class: 'timeline' }, steps.map(({ event, unresolved: unsolved }) => step(event, unsolved, open))),
    story.more ? notice('plain', 'There are more steps; the first 1,000 are shown.') : null,
    around('After', after),
  ];
}

function step(event, unresolved, open) {
  // The list behind a story is of the usual window, and the story may be older.
  const address = href({ tab: null, event: event.id, panel: null, ...(get('tab') === 'story' ? { last: 'all', from: null, to: null } : {}) });
  return h('li', { class: `${event.outcome ?? ''} ${event.id === open ? 'here' : ''}` }, badge(event),
    h('div', {},
      h('a', { href: address, 'aria-current': event.id === open ? 'true' : null }, sentence(event, { when: false, where: false })),
      ending(event) ? h('p', {}, ending(event)) : null,
      unresolved ? h('p', { class: 'why' }, 'No outcome was ever reported.') : null,
      h('p', { class: 'quiet' }, h('time', { datetime: event.eventTime, title: hover(event.eventTime) }, clock(event.eventTime)), regionOf(event) ? [' · ', foreign(regionOf(event))] : null)));
}

function around(when, events) {
  if (events.length === 0) return null;
  const who = [...new Set(events.map(whoOf).filter(Boolean))];
  return h('details', { class: 'around' },
    h('summary', {}, icon('chevron'), h('span', {}, `${when}: ${count(events.length, 'event')} by `, who.slice(0, 3).map((name, place) => [place ? ', ' : '', foreign(name, 60)]), ' within ten minutes')),
    h('ol', { class: 'timeline' }, events.map((event) => step(event))));
}
