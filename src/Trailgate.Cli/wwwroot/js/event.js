// One event, beside the list: what it says, what it changed, what it belongs to, and every byte of it.

import { call, json } from './api.js';
import { changesView } from './changes.js';
import { copy, toast } from './dialog.js';
import { h, icon, put } from './dom.js';
import { facts } from './facts.js';
import { jsonView } from './json.js';
import { badge } from './list.js';
import { ending, sentence } from './sentence.js';
import { get, go, href } from './state.js';
import { failed, loading, notice } from './states.js';
import { storyView } from './story.js';
import { bytes } from './text.js';
import { ago, exact } from './time.js';

const PANELS = { overview: 'Overview', changes: 'What changed', story: 'Story', json: 'JSON' };

/** Makes the panel, which is hidden while no event is open. */
export function eventPanel() {
  const root = h('aside', { class: 'panel', 'aria-label': 'Event', hidden: true, tabindex: '-1' });
  let stop = new AbortController();
  let shown = null; // { id, answer }
  let drawn = '';

  root.show = async (state) => {
    const id = state.get('event');
    const panel = state.get('panel') in PANELS ? state.get('panel') : 'overview';
    root.hidden = !id;
    if (!id) {
      stop.abort();
      [shown, drawn] = [null, ''];
      return;
    }
    if (drawn === `${id} ${panel}`) return;
    drawn = `${id} ${panel}`;
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    if (shown?.id !== id) {
      // Over the list, where there is no room beside it, the panel takes the focus as well.
      if (matchMedia('(max-width: 820px)').matches) root.focus();
      put(root, bar(null), h('div', { class: 'body' }, loading(5)));
      root.scrollTop = 0;
      try {
        shown = { id, answer: await json(`api/events/${encodeURIComponent(id)}`, { signal }) };
      } catch (error) {
        if (error.name !== 'AbortError') put(root, bar(null), h('div', { class: 'body' }, failed(error, () => { drawn = ''; root.show(state); })));
        return;
      }
    }
    draw(panel, signal);
  };

  function draw(panel, signal) {
    const { event, overflow } = shown.answer;
    const body = h('div', { class: 'body' });
    const offers = Object.entries(PANELS).filter(([name]) => name !== 'story' || event.correlationId);
    put(root, bar(event),
      h('div', { class: 'told' }, h('p', { class: `sentence ${event.outcome ?? ''}` }, badge(event), h('span', {}, sentence(event), '.')),
        ending(event) ? h('p', { class: 'ending' }, ending(event)) : null,
        h('p', { class: 'quiet' }, `${exact(event.eventTime)} · ${ago(event.eventTime)}`)),
      h('nav', { class: 'subtabs', 'aria-label': 'About this event' }, offers.map(([name, title]) => h('a', { href: href({ panel: name === 'overview' ? null : name }), 'data-key': name, 'aria-current': name === panel ? 'page' : null }, title))),
      body);
    const parts = { overview: () => facts(event), changes: () => changesView(event.id, signal), story: () => storyView(event.correlationId, signal, event.id), json: () => whole(event, overflow) };
    put(body, parts[panel]());
  }

  function bar(event) {
    return h('div', { class: 'bar' },
      h('h2', {}, 'Event'),
      event ? h('button', { class: 'button quiet', title: 'Copy a link to this event', onclick: () => copy(linkTo(event.id), 'The link is') }, icon('link'), 'Link') : null,
      event ? h('button', { class: 'button quiet', title: 'Download the proof that it is archived', onclick: () => prove(event.id) }, icon('download'), 'Proof') : null,
      h('button', { class: 'button quiet', title: 'Close (Esc)', 'aria-label': 'Close', onclick: closeEvent }, icon('close')));
  }

  return root;
}

/** Closes the event that is open, and stands on its row again. */
export function closeEvent() {
  const id = get('event');
  go({ event: null, panel: null });
  document.querySelector(`a.row[data-id="${CSS.escape(id)}"]`)?.focus();
}

const linkTo = (id) => new URL(href({ event: id }, new URLSearchParams()), location.origin + location.pathname).href;

function whole(event, overflow) {
  const text = (value) => JSON.stringify(value, null, 2);
  const part = (title, value) => h('section', {}, h('div', { class: 'part' }, h('h3', {}, title), h('button', { class: 'button', onclick: () => copy(text(value), title) }, icon('copy'), 'Copy')), jsonView(value));
  return [
    event.trailgate?.limited?.length && overflow === null ? notice('warn', 'The event was limited, and the whole of it is no longer kept.') : null,
    overflow ? part('The whole event', overflow) : null,
    part(overflow ? `As it was limited (${bytes(new Blob([JSON.stringify(event)]).size)})` : 'The event', event),
  ];
}

// The key goes in a header, so a plain link would not do.
async function prove(id) {
  try {
    const proof = await (await call(`api/events/${id}?proof=true`)).blob();
    const address = URL.createObjectURL(proof);
    h('a', { href: address, download: `${id}.proof.json` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
    toast('Check it with: trailgate verify --proof FILE --key PUB');
  } catch (error) {
    toast(error.status === 409 ? 'It waits in the inbox; the next archive run makes it provable.' : error.message, 'bad');
  }
}
