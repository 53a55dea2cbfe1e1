// An event as a sentence: Alice deleted application shop of webshop in us-south at 05:54:00.

import { h } from './dom.js';
import { foreign, short } from './text.js';
import { clock } from './time.js';
import { partsOf, past, plain } from './words.js';

const isText = (value) => typeof value === 'string' && value.trim() !== '';

/** Who did it. */
export const whoOf = (event) => [event.initiator?.name, event.initiator?.id].find(isText) ?? null;

/** Where it happened; null when nobody knows. */
export function regionOf(event) {
  const region = event.trailgate?.region ?? event.region;
  return region && region !== 'unknown' ? region : null;
}

export const kindOf = (event) => event.trailgate?.kind ?? event.kind ?? 'other';

/** What it was done to: its name, and what it is a part of (Code Engine names the project as the target, and the object in the request). */
export function objectOf(event) {
  const target = [event.target?.name, lastOf(event.target?.id)].find(isText) ?? null;
  const data = event.requestData;
  const named = [data?.name, data?.metadata?.name].find(isText);
  return named && named !== target && event.target?.id ? { name: named, of: target } : { name: target, of: null };
}

// Why it failed, in a few words; null when nothing is said.
function reasonOf(event) {
  const reason = event.reason ?? {};
  const code = [reason.reasonCode, reason.reasonType].filter((part) => part !== undefined && part !== null && part !== '').map((part) => short(part, 60)).join(' ');
  const why = isText(reason.reasonForFailure) ? reason.reasonForFailure : '';
  return [code, why].filter(Boolean).join(': ') || null;
}

/** The sentence as nodes; `options.when` and `options.where` say which of time and place it tells. */
export function sentence(event, { when = true, where = true } = {}) {
  const { verb, object } = partsOf(event.action);
  const { name, of } = objectOf(event);
  const who = whoOf(event);
  const region = regionOf(event);
  return [
    who ? foreign(who, 60, 'who') : h('span', { class: 'who' }, 'Somebody'), ' ',
    h('span', { class: 'did' }, foreign(deed(event.outcome, verb)), object ? [' ', foreign(object, 60)] : null),
    name ? [' ', foreign(name, 60, 'what')] : null,
    of ? [h('span', { class: 'quiet' }, ' of '), foreign(of, 40)] : null,
    where && region ? [h('span', { class: 'quiet' }, ' in '), foreign(region)] : null,
    when ? [h('span', { class: 'quiet' }, ' at '), h('time', { datetime: event.eventTime }, clock(event.eventTime))] : null,
  ];
}

/** How it ended, where that is worth saying. */
export function ending(event) {
  if (event.outcome === 'failure') return h('span', { class: 'why' }, 'failed: ', foreign(reasonOf(event) ?? 'no reason was given', 300));
  if (event.outcome === 'pending') return h('span', { class: 'quiet' }, 'the outcome is not known yet');
  return null;
}

function deed(outcome, verb) {
  if (!verb) return 'did something to';
  if (outcome === 'failure') return `could not ${plain(verb)}`;
  if (outcome === 'pending') return `began to ${plain(verb)}`;
  return past(verb);
}

// Of a CRN or another path the part that names.
function lastOf(id) {
  return isText(id) ? (id.split(/[:/]/).filter(Boolean).at(-1) ?? id) : null;
}
