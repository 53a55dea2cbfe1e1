// Where alerts go: whether each channel is enabled, and what it did not take.

import { json } from './api.js';
import { confirmed, toast } from './dialog.js';
import { h, icon } from './dom.js';
import { empty } from './states.js';
import { count, foreign, number, short } from './text.js';
import { ago } from './time.js';

/** A card for each channel; `changed` is called when something was done about one. */
export function channelCards({ channels }, dead, changed) {
  if (channels.length === 0) return empty('No channel is set up', 'Alerts are kept here and sent nowhere. docs/CHANNELS.md sets up Slack, Teams, PagerDuty, webhooks and more.');
  return channels.map((channel) => card(channel, dead[channel.name] ?? 0, changed));
}

function card({ name, type, state, disabledAt, reason }, dead, changed) {
  const disabled = state === 'disabled';
  return h('article', { class: 'card' },
    h('header', {}, h('h2', {}, foreign(name, 60)), h('span', { class: 'chip' }, foreign(type, 40))),
    h('p', { class: disabled ? 'status bad' : 'status good' }, icon(disabled ? 'alert' : 'check'), disabled ? `Disabled ${ago(disabledAt)}${reason ? `: ${short(reason, 200)}` : ''}` : 'Enabled'),
    h('p', { class: dead ? 'status bad' : 'status quiet' }, dead ? icon('alert') : null, dead ? h('strong', {}, number(dead)) : null, dead ? ` dead letter${dead === 1 ? '' : 's'}` : 'No dead letters'),
    dead || disabled ? h('div', { class: 'actions' },
      dead ? h('button', { class: 'button', onclick: () => sendAll(name, dead, changed) }, icon('again'), 'Send all again') : null,
      disabled ? h('button', { class: 'button', onclick: () => enable(name, changed) }, 'Enable') : null) : null);
}

async function sendAll(name, dead, changed) {
  if (!await confirmed('Send them again?', `${count(dead, 'dead letter')} of ${short(name, 60)} will be sent, with tries over 24 hours.`, 'Send again')) return;
  await act(`api/channels/${encodeURIComponent(name)}/redeliver`, ({ redelivered }) => `${count(redelivered, 'alert')} on the way again.`, changed);
}

const enable = (name, changed) => act(`api/channels/${encodeURIComponent(name)}/enable`, () => 'The channel is enabled.', changed);

async function act(path, say, changed) {
  try {
    toast(say(await json(path, { method: 'POST' })));
    changed();
  } catch (error) {
    toast(error.message, 'bad');
  }
}
