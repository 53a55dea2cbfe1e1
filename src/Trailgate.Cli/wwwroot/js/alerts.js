// Alerts: what was told to whom, what was not, and sending it again.

import { json } from './api.js';
import { channelCards } from './channels.js';
import { toast } from './dialog.js';
import { h, icon, put } from './dom.js';
import { ending, sentence } from './sentence.js';
import { href } from './state.js';
import { empty, failed, gaps, loading, notice } from './states.js';
import { count, foreign, short } from './text.js';
import { ago, brief, exact, hover } from './time.js';

const PAGE = 50;
const MOST = 1000;
const STATES = { queued: 'Queued', waiting: 'Waiting', ended: 'Ended', grouped: 'In a summary', pending: 'On its way', delivered: 'Delivered', dead: 'Not delivered' };
const TOLD = { queued: 'It waits to be sent.', waiting: 'It is told only when nothing follows it in time.', ended: 'What it waited for came; nobody is told.', grouped: 'A summary tells of it.', pending: 'It is on its way.', delivered: 'Every channel has it.', dead: 'It lies among the dead letters.' };

/** Makes the tab. */
export function alertsTab() {
  const channels = h('div', { class: 'cards channels' });
  const states = h('nav', { class: 'segments', 'aria-label': 'Alerts by state' });
  const remark = h('div');
  const holder = h('div');
  const foot = h('div', { class: 'foot' });
  const root = h('div', { class: 'page' }, h('h1', {}, 'Alerts'), channels, states, remark, holder, foot);
  let stop = new AbortController();
  let key = null;

  root.show = (state) => {
    const next = JSON.stringify(['state', 'rule', 'alert', 'thread'].map((name) => state.get(name)));
    if (next === key) return;
    key = next;
    load(state);
  };
  root.hide = () => { key = null; };

  function load(state) {
    stop.abort();
    stop = new AbortController();
    put(states, [[null, 'All'], ...['dead', 'pending', 'delivered', 'grouped'].map((name) => [name, STATES[name]])].map(([value, name]) =>
      h('a', { href: href({ state: value, alert: null, thread: null }), 'data-key': name, 'aria-current': (state.get('state') ?? null) === value ? 'true' : null }, name)));
    put(holder, loading(6));
    put(foot);
    more(state, null, stop.signal);
  }

  async function more(state, after, signal) {
    try {
      const [answer, known] = await Promise.all([ask(state, after, signal), after ? null : json('api/channels', { signal })]);
      if (!after) begin(answer, known, state);
      const list = holder.querySelector('.alerts');
      for (const alert of wanted(answer, state)) list?.append(row(alert, alert.id === state.get('alert'), again));
      put(foot, answer.more && list ? h('button', { class: 'button', onclick: () => more(state, answer.next, signal) }, 'Load more') : null);
    } catch (error) {
      if (error.name !== 'AbortError') put(after ? foot : holder, failed(error, () => (after ? more(state, after, signal) : load(state))));
    }
  }

  // An alert that a message led to may be far down: as many pages are read as it takes.
  async function ask(state, after, signal) {
    const focus = state.get('alert') || state.get('thread');
    const query = new URLSearchParams({ limit: focus ? MOST : PAGE });
    for (const name of ['state', 'rule']) if (state.get(name)) query.set(name, state.get(name));
    if (after) query.set('after', after);
    const answer = await json(`api/alerts?${query}`, { signal });
    return focus && answer.more && wanted(answer, state).length === 0 ? ask(state, answer.next, signal) : answer;
  }

  function begin(answer, known, state) {
    const focus = state.get('alert') || state.get('thread');
    put(remark, gaps(answer.unavailable ?? [], 0),
      (answer.rules?.problems ?? []).map((problem) => notice('bad', short(problem, 500))),
      focus ? notice('plain', state.get('alert') ? 'One alert is shown. ' : 'The alerts of one group are shown. ', h('a', { href: href({ alert: null, thread: null }) }, 'Show all')) : null,
      group(answer, state.get('thread')));
    const none = wanted(answer, state).length === 0;
    put(holder, none ? empty('No alerts', focus ? 'It is not kept any more.' : state.get('state') ? 'None is in this state.' : `${count(answer.rules?.on.length ?? 0, 'rule')} ${answer.rules?.on.length === 1 ? 'is' : 'are'} in force and met nothing yet.`) : h('ul', { class: 'alerts' }));
    put(channels, channelCards(known, answer.deadLetters ?? {}, () => load(state)));
  }

  async function again(alert) {
    try {
      const { redelivered } = await json(`api/alerts/${encodeURIComponent(alert.id)}/redeliver`, { method: 'POST' });
      toast(`It is on its way again, to ${count(redelivered, 'channel')}.`);
      key = null;
      setTimeout(() => root.isConnected && root.show(new URLSearchParams(location.hash.slice(2))), 600);
    } catch (error) {
      toast(error.message, 'bad');
    }
  }

  return root;
}

// A link of a message names an alert, or the thread of a group; alerts tell their group by rule and values.
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
    h('span', { class: 'said' }, h('span', { class: 'line' }, said), h('span', { class: 'line quiet' }, foreign(alert.rule, 60), ' · ', h('time', { datetime: alert.raisedAt, title: hover(alert.raisedAt) }, ago(alert.raisedAt)), alert.store ? [' · ', foreign(alert.store, 40)] : null)),
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
    h('ul', {}, tries.map((one) => h('li', {}, h('time', { datetime: one.at, title: hover(one.at) }, brief(one.at)), one.status ? ` answered ${one.status}` : ' no answer', ` in ${one.milliseconds} ms`, one.error ? [': ', foreign(one.error, 300)] : null))));
}
