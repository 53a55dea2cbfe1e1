// The first tab: find events by window, facet and word, and open one.

import { announce, h, icon, put } from './dom.js';
import { eventPanel } from './event.js';
import { facets } from './facets.js';
import { readFilters, writeFilters } from './filters.js';
import { histogram } from './histogram.js';
import { eventList } from './list.js';
import { counts, keyOf, page, PAGE, queryOf } from './query.js';
import { addressOf, go, href, params } from './state.js';
import { empty, failed, gaps, loading, notice } from './states.js';
import { bytes, count, number } from './text.js';
import { range } from './time.js';
import { toolbar } from './toolbar.js';
import { saveView, viewTitle } from './views.js';

const LIVE_PAUSE = 4000;

/** Makes the tab. */
export function eventsTab() {
  const live = h('button', { class: 'button', 'aria-pressed': 'false', title: 'New events come in by themselves', onclick: () => go({ live: params().get('live') ? null : '1' }) }, h('span', { class: 'pulse' }), 'Live');
  const filters = h('button', { class: 'button narrow-only', 'aria-expanded': 'false', onclick: () => showFacets() }, icon('filter'), 'Filters');
  const save = h('button', { class: 'button', title: 'Save this search as a view', onclick: saveView }, icon('save'), h('span', { class: 'label' }, 'Save view'));
  const bar = toolbar(filters, live, save);
  const chart = histogram((from, to) => go({ from, to, last: null }));
  const side = facets();
  const sideState = h('div', { class: 'side', id: 'facets' }, side);
  const heading = h('div', { class: 'heading' });
  const holder = h('div', { class: 'list' });
  const foot = h('div', { class: 'foot' });
  const panel = eventPanel();
  const root = h('div', { class: 'explore' }, h('h1', { class: 'unseen' }, 'Events'), sideState, h('div', { class: 'found' }, bar, bar.chips, chart, heading, holder, foot), panel);
  const reached = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && foot.more?.(), { rootMargin: '600px' });
  let key = null;
  let stop = new AbortController();
  let list = null;
  let timer = 0;
  reached.observe(foot);

  function showFacets(open = !root.classList.contains('filtering')) {
    root.classList.toggle('filtering', open);
    filters.setAttribute('aria-expanded', String(open));
  }

  root.show = (state) => {
    bar.show(state);
    const next = `${keyOf(state)}&columns=${state.getAll('columns')}`;
    if (next !== key) {
      key = next;
      load(state);
    }
    const id = state.get('event');
    root.classList.toggle('opened', Boolean(id));
    panel.show(state);
    list?.mark(id);
    live.setAttribute('aria-pressed', String(Boolean(state.get('live'))));
    live.disabled = Boolean(state.get('to')) || state.get('order') === 'oldest';
    clearTimeout(timer);
    if (state.get('live') && !live.disabled) timer = setTimeout(follow, LIVE_PAUSE);
  };
  root.hide = () => clearTimeout(timer);

  async function load(state) {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    const window = range(state);
    list = eventList((state.get('columns') ?? '').split(',').filter(Boolean));
    foot.more = null;
    put(foot);
    put(heading, viewTitle(state), h('span', { class: 'quiet' }, 'Looking…'));
    put(holder, loading(10));
    recount(state, window, signal);
    await more(queryOf(state, window), null, signal);
  }

  const again = () => h('button', { class: 'button link', id: 'again', title: 'Look again (r)', 'aria-label': 'Look again', onclick: () => load(params()) }, icon('again'));

  async function recount(state, window, signal) {
    chart.classList.add('waiting');
    try {
      const counted = await counts(state, window, signal);
      put(sideState, side);
      chart.hidden = false;
      side.show(counted);
      chart.show(counted.time, window);
      const { count: found, failures: bad } = counted.all;
      put(heading, viewTitle(state), h('strong', {}, count(found, 'event')), bad ? h('span', { class: 'failures' }, `${number(bad)} failed`) : null, ahead(counted.ahead), again(), zoom(state), asSentences(state), order(state));
      announce(`${count(found, 'event')} found`);
    } catch (error) {
      if (error.name === 'AbortError') return;
      put(sideState, notice('bad', `The counts did not come: ${error.message}`));
      put(heading, viewTitle(state));
      chart.hidden = true;
    } finally {
      if (!signal.aborted) chart.classList.remove('waiting');
    }
  }

  async function more(query, cursor, signal) {
    foot.more = null;
    const own = list;
    try {
      const answer = await page(query, cursor, (event) => {
        if (signal.aborted) return;
        if (own.size === 0) put(holder, own);
        own.add(event);
      }, signal);
      if (own.size === 0) put(holder, nothing(answer));
      holder.prepend(...gaps(answer.unavailable, answer.damaged).filter(Boolean));
      own.mark(params().get('event'));
      end(answer, query, signal);
    } catch (error) {
      if (error.name === 'AbortError') return;
      if (own.size === 0) put(holder, failed(error, () => load(params())));
      else put(foot, failed(error, () => more(query, cursor, signal)));
    }
  }

  function end(answer, query, signal) {
    const cost = answer.blobs === null ? '' : ` · read ${count(answer.blobs, 'blob')}, ${bytes(answer.bytes)}`;
    const next = () => more(query, answer.next, signal);
    put(foot, answer.next ? h('button', { class: 'button', onclick: next }, 'Load more') : null,
      list.size ? h('p', {}, `${answer.next ? `${count(list.size, 'event')} so far` : `All ${count(list.size, 'event')}`}${cost} in ${answer.milliseconds} ms`) : null);
    if (!answer.next) return;
    foot.more = next;
    // Observed anew, because a foot that stays in sight is reported once.
    reached.unobserve(foot);
    reached.observe(foot);
  }

  // The newest page again and again: whatever is not there yet is put where it belongs.
  async function follow() {
    const state = params();
    try {
      if (!document.hidden) await catchUp(state, list, stop.signal);
    } catch (error) {
      if (error.name === 'AbortError') return;
    }
    clearTimeout(timer);
    if (params().get('live') && root.isConnected) timer = setTimeout(follow, LIVE_PAUSE);
  }

  async function catchUp(state, own, signal) {
    const found = [];
    await page(queryOf(state), null, (event) => found.push(event), signal);
    if (own.size === 0 && found.length) put(holder, own);
    const rows = found.map((event) => own.insert(event)).filter(Boolean);
    for (const row of rows) row.classList.add('fresh');
    // A page of new events and nothing else: there may be more between them and those that were here.
    if (rows.length === PAGE) await load(state);
    else if (rows.length) await recount(state, range(state), signal);
  }

  return root;
}

function ahead({ count: found, from }) {
  return found ? h('a', { class: 'button link', title: 'Their time is more than a day away, and not in the chart', href: href({ from, to: null, last: null }) }, `${number(found)} dated ahead`) : null;
}

function zoom(state) {
  return state.get('from') || state.get('to') ? h('a', { class: 'button link', href: href({ from: null, to: null }) }, 'Reset the window') : null;
}

function asSentences(state) {
  return state.get('columns') ? h('a', { class: 'button link', href: href({ columns: null }) }, 'As sentences') : null;
}

function order(state) {
  const oldest = state.get('order') === 'oldest';
  return h('a', { class: 'button link order', 'data-key': 'order', href: href({ order: oldest ? null : 'oldest', live: null }) }, icon('swap'), oldest ? 'Oldest first' : 'Newest first');
}

function nothing({ unavailable, damaged }) {
  const state = params();
  const filtered = readFilters(state).length > 0;
  const all = (state.get('last') ?? '') === 'all';
  if (unavailable.length || damaged) return empty('Nothing to show', 'The part that could be read holds no such event; the rest may hold some.');
  return empty(filtered ? 'Nothing matches' : 'No events here',
    filtered ? 'No event of this window meets all filters.' : all ? 'Send the first: POST it to /api/events, or start the server with --demo.' : 'Nothing happened in this window, or nothing was sent.',
    filtered ? h('a', { class: 'button', href: addressOf(writeFilters(state, [])) }, 'Clear the filters') : null,
    all ? null : h('a', { class: 'button', href: href({ last: 'all', from: null, to: null }) }, 'Look at all time'));
}
