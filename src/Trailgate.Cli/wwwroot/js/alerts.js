// Alerts: what was told to whom, what was not, and sending it again.

import { json } from './api.js';
import { channelCards } from './channels.js';
import { toast } from './dialog.js';
import { h, icon, put } from './dom.js';
import { ending, sentence } from './sentence.js';
import { href, params } from './state.js';
import { empty, failed, gaps, loading, notice } from './states.js';
import { count, foreign, short } from './text.js';
import { ago, brief, exact, hover } from './time.js';

const PAGE = 50;
const MOST = 1000;
const PAUSE = 10_000;
const SOON = 600;
const STATES = { queued: 'Queued', waiting: 'Waiting', ended: 'Ended', grouped: 'In a summary', pending: 'On its way', delivered: 'Delivered', dead: 'Not delivered' };
const TOLD = {
  queued: 'It waits to be sent.', waiting: 'It is told only when nothing follows it in time.', ended: 'What it waited for came; nobody is told.',
  grouped: 'A summary tells of it.', pending: 'It is on its way.', delivered: 'Every channel has it.', dead: 'It lies among the dead letters.',
};

/** Makes the tab. */
export function alertsTab() {
  const channels = h('div', { class: 'cards channels' });
  const states = h('nav', { class: 'segments', 'aria-label': 'Alerts by state' });
  const remark = h('div');
  const holder = h('div');
  const foot = h('div', { class: 'foot' });
  const root = h('div', { class: 'page' }, h('h1', {}, 'Alerts'), channels, states, remark, holder, foot);
  const rows = new Map();
  let stop = new AbortController();
  let key = null;
  let timer = 0;

  root.show = (state) => {
    const next = JSON.stringify(['state', 'rule', 'alert', 'thread'].map((name) => state.get(name)));
    if (next === key) return;
    key = next;
    load(state);
  };
  root.hide = () => {
    stop.abort();
    key = null;
  };

  function load(state) {
    stop.abort();
    stop = new AbortController();
    rows.clear();
    put(states, [[null, 'All'], ...['dead', 'pending', 'delivered', 'grouped'].map((name) => [name, STATES[name]])].map(([value, name]) =>
      h('a', { href: href({ state: value, alert: null, thread: null }), 'data-key': name, 'aria-current': (state.get('state') ?? null) === value ? 'true' : null }, name)));
    put(holder, loading(6));
    put(foot);
    more(state, null, stop.signal);
  }

  async function more(state, after, signal) {
    try {
      const [answer, known] = await Promise.all([ask(state, after, signal), after ? null : json('api/channels', { signal })]);
      if (!after) {
        begin(answer, known, state);
        if (!focus(state)) follow(state, signal, PAUSE);
      }
      const list = holder.querySelector('.alerts');
      for (const alert of wanted(answer, state)) list?.append(make(alert, alert.id === state.get('alert')));
      put(foot, answer.more && list ? h('button', { class: 'button', onclick: () => more(state, answer.next, signal) }, 'Load more') : null);
    } catch (error) {
      if (error.name !== 'AbortError') put(after ? foot : holder, failed(error, () => (after ? more(state, after, signal) : load(state))));
    }
  }

  function make(alert, open) {
    const made = row(alert, open, again);
    rows.set(placeOf(alert), { made, text: JSON.stringify(alert) });
    return made;
  }

  function follow(state, signal, pause) {
    clearTimeout(timer);
    timer = setTimeout(() => refresh(state, signal), pause);
  }

  // The newest page again and again, as long as this list is the one that is shown.
  async function refresh(state, signal) {
    let answers = null;
    try {
      if (!document.hidden && !signal.aborted) answers = await Promise.all([ask(state, null, signal), json('api/channels', { signal })]);
    } catch {
      // What is there stays, and the next look may succeed.
    }
    if (answers && !signal.aborted) take(...answers, state);
    // Looking for one alert may mean many pages: that is not done again and again.
    if (!signal.aborted && !focus(state)) follow(state, signal, PAUSE);
  }

  // Rows change in their place, and open ones stay open.
  function take(answer, known, state) {
    const alerts = wanted(answer, state);
    const list = holder.querySelector('.alerts');
    const fresh = alerts.filter((alert) => !rows.has(placeOf(alert)));
    // All of them are new, so there may be more between them and those that were here; or none is left.
    if (list ? fresh.length === alerts.length : alerts.length > 0) {
      load(state);
      return;
    }
    putChannels(answer, known, state);
    if (!list) return;
    if (!answer.more) keepOnly(alerts);
    for (const alert of alerts) change(alert);
    for (const alert of fresh.reverse()) {
      list.prepend(make(alert, false));
      list.firstChild.classList.add('fresh');
    }
  }

  function change(alert) {
    const old = rows.get(placeOf(alert));
    if (!old || old.text === JSON.stringify(alert)) return;
    const stood = old.made.contains(document.activeElement);
    const made = make(alert, old.made.querySelector('details').open);
    old.made.replaceWith(made);
    if (stood) made.querySelector('summary').focus();
  }

  // Others are no more in the state that is looked at.
  function keepOnly(alerts) {
    const still = new Set(alerts.map(placeOf));
    for (const [place, { made }] of rows) {
      if (still.has(place)) continue;
      made.remove();
      rows.delete(place);
    }
  }

  // An alert that a message led to may be far down: as many pages are read as it takes.
  async function ask(state, after, signal) {
    const query = new URLSearchParams({ limit: focus(state) ? MOST : PAGE });
    for (const name of ['state', 'rule']) if (state.get(name)) query.set(name, state.get(name));
    if (after) query.set('after', after);
    const answer = await json(`api/alerts?${query}`, { signal });
    return focus(state) && answer.more && wanted(answer, state).length === 0 ? ask(state, answer.next, signal) : answer;
  }

  function begin(answer, known, state) {
    put(remark, gaps(answer.unavailable ?? [], 0),
      (answer.rules?.problems ?? []).map((problem) => notice('bad', short(problem, 500))),
      focus(state) ? notice('plain', state.get('alert') ? 'One alert is shown. ' : 'The alerts of one group are shown. ', h('a', { href: href({ alert: null, thread: null }) }, 'Show all')) : null,
      group(answer, state.get('thread')));
    const none = wanted(answer, state).length === 0;
    const rules = answer.rules?.on.length ?? 0;
    const why = focus(state) ? 'It is not kept any more.' : state.get('state') ? 'None is in this state.' : `${count(rules, 'rule')} ${rules === 1 ? 'is' : 'are'} in force and met nothing yet.`;
    put(holder, none ? empty('No alerts', why) : h('ul', { class: 'alerts' }));
    putChannels(answer, known, state);
  }

  const putChannels = (answer, known, state) => put(channels, channelCards(known, answer.deadLetters ?? {}, () => load(state)));

  async function again(alert) {
    try {
      const { redelivered } = await json(`api/alerts/${encodeURIComponent(alert.id)}/redeliver`, { method: 'POST' });
      toast(`It is on its way again, to ${count(redelivered, 'channel')}.`);
      follow(params(), stop.signal, SOON);
    } catch (error) {
      toast(error.message, 'bad');
    }
  }

  return root;
}

// A link of a message names an alert, or the thread of a group.
const focus = (state) => state.get('alert') || state.get('thread');

// Copies of an event in two batches raise the same alert twice, under one id.
const placeOf = ({ id, raisedAt, store }) => `${id} ${raisedAt} ${store}`;

// Alerts tell their group by rule and values.
function wanted(answer, state) {
  const [alert, thread] = [state.get('alert'), state.get('thread')];
  if (alert) return answer.alerts.filter((one) => one.id === alert);
  const group = thread && groupOf(answer, thread);
  return thread ? answer.alerts.filter((one) => group && one.rule === group.rule && JSON.stringify(one.group ?? {}) === JSON.stringify(group.group)) : answer.alerts;
}

const groupOf = (answer, thread) => answer.groups?.find((one) => one.thread === thread);

function group(answer, thread) {
  const found = thread && groupOf(answer, thread);
  return found ? h('p', { class: 'summary' }, h('strong', {}, foreign(found.rule, 80)), ` met ${count(found.matches, 'event')}: ${found.told} told, ${found.counted} counted for a summary.`) : null;
}

function row(alert, open, again) {
  const said = alert.event ? sentence(alert.event, { when: false }) : foreign(alert.message ?? alert.subject, 400);
  return h('li', {}, h('details', { open }, h('summary', {},
    h('span', { class: `dot severity-${/^[a-z]+$/.test(alert.severity) ? alert.severity : 'normal'}`, title: short(alert.severity, 40) }),
    h('span', { class: 'said' },
      h('span', { class: 'line' }, said),
      h('span', { class: 'line quiet' }, foreign(alert.rule, 60), ' · ', h('time', { datetime: alert.raisedAt, title: hover(alert.raisedAt) }, ago(alert.raisedAt)), alert.store ? [' · ', foreign(alert.store, 40)] : null)),
    h('span', { class: `pill ${alert.state}` }, STATES[alert.state] ?? alert.state)),
  h('div', { class: 'inside' },
    h('p', { class: 'quiet' }, `${TOLD[alert.state] ?? ''} Raised ${exact(alert.raisedAt)}, severity ${short(alert.severity, 40)}.`),
    alert.event && ending(alert.event) ? h('p', {}, ending(alert.event)) : null,
    Object.entries(alert.deliveries ?? {}).map(([channel, delivery]) => attempts(channel, delivery)),
    h('div', { class: 'actions' },
      alert.state === 'dead' ? h('button', { class: 'button primary', onclick: () => again(alert) }, icon('again'), 'Send again') : null,
      alert.event?.id ? h('a', { class: 'button', href: href({ tab: null, event: alert.event.id, alert: null, thread: null, state: null }) }, 'Open the event') : null,
      alert.event?.correlationId ? h('a', { class: 'button', href: href({ tab: 'story', correlationId: alert.event.correlationId, alert: null, thread: null, state: null }) }, 'Story') : null))));
}

function attempts(channel, { state, attempts: tries = [] }) {
  return h('div', { class: 'delivery' }, h('p', { class: 'channel' }, foreign(channel, 60), ' ', h('span', { class: `pill ${state}` }, STATES[state] ?? state)),
    h('ul', {}, tries.map(({ at, status, milliseconds, error }) => h('li', {},
      h('time', { datetime: at, title: hover(at) }, brief(at)), status ? ` answered ${status}` : ' no answer', ` in ${milliseconds} ms`, error ? [': ', foreign(error, 300)] : null))));
}
