// The queries behind the page: which parameters of the address go to GET /api/events, and what is asked with them.

import { call, json, lines } from './api.js';
import { FILTERS, readFilters, without } from './filters.js';
import { DAY, iso, range } from './time.js';

/** How many events one question asks for. */
export const PAGE = 100;

/** The fields that are counted, in the order in which they are shown. */
export const FACETS = ['outcome', 'kind', 'region', 'initiator', 'severity', 'action'];

/** The parameters of a query: filters, order and window; never what only the page understands. */
export function queryOf(params, { from, to } = range(params)) {
  const query = new URLSearchParams();
  for (const name of [...Object.keys(FILTERS), 'order']) for (const value of params.getAll(name)) query.append(name, value);
  if (from) query.set('from', from);
  if (to) query.set('to', to);
  return query;
}

/** What a query depends on, as a text to compare. */
export const keyOf = (params) => `${queryOf(params, { from: params.get('from'), to: params.get('to') })}&last=${params.get('last') ?? ''}`;

/** Streams a page of events to `take`; says whether there are more and where, what is missing, and what it cost. */
export async function page(query, cursor, take, signal) {
  const asked = new URLSearchParams(query);
  asked.set('format', 'ndjson');
  asked.set('limit', PAGE);
  if (cursor) asked.set('cursor', cursor);
  const began = performance.now();
  const response = await call(`api/events?${asked}`, { signal });
  for await (const event of lines(response)) take(event);
  const header = (name) => response.headers.get(`Trailgate-${name}`);
  return {
    next: header('Next'),
    damaged: Number(header('Damaged') ?? 0),
    unavailable: (header('Unavailable') ?? '').split(', ').filter(Boolean),
    blobs: header('Read-Blobs') === null ? null : Number(header('Read-Blobs')),
    bytes: Number(header('Read-Bytes') ?? 0),
    milliseconds: Math.round(performance.now() - began),
  };
}

/**
 * The counts of all facets. A field that is filtered to some values is counted without that filter, so that one sees what else
 * there is to add; everything else is counted in one question. `all` sums them up, and `ahead` those that the counts over
 * time leave out.
 */
export async function counts(params, window, signal) {
  const chosen = FACETS.filter((name) => readFilters(params).some((filter) => filter.name === name && !filter.not));
  const ask = async (fields, state, within = window) => {
    const query = queryOf(state, within);
    query.delete('order');
    query.set('facets', fields.join(','));
    query.set('limit', '0');
    return (await json(`api/events?${query}`, { signal })).facets;
  };
  const answers = await Promise.all([
    ask([...FACETS.filter((name) => !chosen.includes(name)), 'time'], params),
    ...chosen.map((name) => ask([name], without(params, name))),
  ]);
  const found = Object.assign({}, ...answers);
  const buckets = found.time?.buckets ?? [];
  const now = Date.now();
  const end = iso(now + DAY);
  const later = window.to || new Date(window.from) > now ? [] : buckets.filter((bucket) => new Date(bucket.from) > now + DAY);
  // One that is dated years ahead, by a wrong clock or on purpose, would press all others into a single bar.
  const time = later.length ? (await ask(['time'], params, { ...window, to: end })).time : found.time;
  return { ...found, time, all: sum(buckets), ahead: { ...sum(later), from: end } };
}

const sum = (buckets) => buckets.reduce((all, { count, failures = 0 }) => ({ count: all.count + count, failures: all.failures + failures }), { count: 0, failures: 0 });
