// What an event says, as a list of facts; each of those that can be searched for is a filter.

import { h, icon } from './dom.js';
import { withFilter } from './filters.js';
import { objectOf } from './sentence.js';
import { notice } from './states.js';
import { addressOf, href, params } from './state.js';
import { bytes, count, foreign, short } from './text.js';
import { exact } from './time.js';

/** The facts of an event. */
export function facts(event) {
  const { initiator = {}, target = {}, reason = {}, trailgate = {} } = event;
  const host = initiator.host ?? {};
  const { name, of } = objectOf(event);
  return [
    remarks(trailgate),
    h('dl', { class: 'facts' },
      fact('Action', event.action, 'action'),
      fact('Who', initiator.name, 'initiator'),
      fact(initiator.name ? 'Who (id)' : 'Who', initiator.id, 'initiator'),
      fact('From', [host.address, host.agent].filter(Boolean).join(' · ')),
      fact('Credential', initiator.credential?.type),
      of ? fact('Object', name) : null,
      fact('Target', target.name),
      fact('Target (id)', target.id, 'targetId'),
      fact('Target (type)', target.typeURI),
      fact('Region', trailgate.region, 'region'),
      fact('Outcome', event.outcome, 'outcome'),
      fact('Code', [reason.reasonCode, reason.reasonType].filter((part) => part !== undefined && part !== '').join(' ')),
      fact('Reason', reason.reasonForFailure, 'reason'),
      fact('Severity', event.severity, 'severity'),
      fact('Kind', trailgate.kind, 'kind'),
      fact('Request', event.correlationId, 'correlationId'),
      fact('Message', event.message),
      fact('Happened', exact(event.eventTime)),
      fact('Received', trailgate.receivedAt ? exact(trailgate.receivedAt) : ''),
      fact('Source', trailgate.source),
      fact('Event id', event.id)),
  ];
}

function fact(name, value, filter) {
  if (value === undefined || value === null || value === '') return null;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const searchable = filter && text.length <= 500;
  return [h('dt', {}, name), h('dd', {}, foreign(text, 400),
    searchable ? h('a', { class: 'only', href: filtered(filter, text), title: 'Show only these', 'aria-label': `Show only events whose ${name} is ${short(text, 80)}` }, icon('filter')) : null)];
}

// What is found may be older than the window of the list: who follows a request wants all of it.
const filtered = (name, value) => href(name === 'correlationId' ? { last: 'all', from: null, to: null, panel: null } : { panel: null }, new URLSearchParams(addressOf(withFilter(params(), name, value, 'only')).slice(2)));

function remarks({ assumed = [], limited = [], redacted = [], redactedCount }) {
  const secrets = redactedCount ?? redacted.length;
  return [
    assumed.length ? notice('plain', `Not said by the source, and assumed: ${assumed.map((name) => short(name, 60)).join(', ')}.`) : null,
    limited.map((part) => notice('plain', part.bySource
      ? `The source left out ${short(part.field, 60)}.`
      : `${short(part.field, 60)} was too long${part.bytes ? ` (${bytes(part.bytes)})` : ''}${part.overflow ? '; the whole is under JSON.' : '.'}`)),
    secrets ? notice('plain', `${count(secrets, 'secret')} gave way to [redacted] before anything was stored.`) : null,
  ];
}
