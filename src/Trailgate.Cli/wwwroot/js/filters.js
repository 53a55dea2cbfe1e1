// The filters of GET /api/events as they stand in the address.

/** Every filter, with what people call it. */
export const FILTERS = {
  region: 'Region', action: 'Action', kind: 'Kind', outcome: 'Outcome', severity: 'Severity',
  initiator: 'Who', targetId: 'Target', correlationId: 'Request', reason: 'Reason', text: 'Text',
};

/** How a filter and its value are joined in words. */
export const joined = ({ name, not }) => (name === 'text' || name === 'reason' ? (not ? ' has not ' : ' has ') : not ? ' is not ' : ' is ');

// These take several values, split by commas.
const LISTS = new Set(['region', 'action', 'kind', 'severity']);
const TYPED = new Map([
  ...Object.keys(FILTERS).map((name) => [name.toLowerCase(), name]),
  ['who', 'initiator'], ['target', 'targetId'], ['request', 'correlationId'], ['correlation', 'correlationId'],
]);
// What can be typed as well, and is no filter: the ends of the window, and the event to open.
const PLACES = new Map([['from', 'from'], ['to', 'to'], ['id', 'event']]);

/** All filters: { name, value, not }. */
export function readFilters(params) {
  const filters = [];
  for (const name of Object.keys(FILTERS)) {
    for (const given of params.getAll(name)) {
      const not = given.startsWith('!');
      const text = not ? given.slice(1) : given;
      for (const value of LISTS.has(name) ? text.split(',') : [text]) {
        if (value) filters.push({ name, value, not });
      }
    }
  }
  return filters;
}

/** Writes filters into a state. Of a filter that takes one value, the last stands. */
export function writeFilters(params, filters) {
  const next = new URLSearchParams(params);
  for (const name of Object.keys(FILTERS)) {
    next.delete(name);
    const wanted = filters.filter((filter) => filter.name === name && !filter.not).map((filter) => filter.value);
    if (wanted.length > 0) next.append(name, LISTS.has(name) ? [...new Set(wanted)].join(',') : wanted.at(-1));
    for (const filter of filters.filter((other) => other.name === name && other.not)) next.append(name, `!${filter.value}`);
  }
  return next;
}

const same = (one, name, value) => one.name === name && one.value === value;

/** How a value is filtered: 'only', 'not', or null. */
export function modeOf(params, name, value) {
  const found = readFilters(params).find((filter) => same(filter, name, value));
  return found ? (found.not ? 'not' : 'only') : null;
}

/** The state with a value filtered in another way; null takes the filter away. */
export function withFilter(params, name, value, mode) {
  const others = readFilters(params).filter((filter) => !same(filter, name, value));
  return writeFilters(params, mode ? [...others, { name, value, not: mode === 'not' }] : others);
}

/** The state without any filter of a name. */
export function without(params, name) {
  return writeFilters(params, readFilters(params).filter((filter) => filter.name !== name));
}

/**
 * Reads what was typed: words are searched for, and region:us-south, -kind:read or -word are filters; from: and to:
 * set the ends of the window, and id: opens an event. Any other name is a part of its word, as in crn:v1:...
 */
export function withTyped(params, typed) {
  const words = [];
  let next = new URLSearchParams(params);
  for (const [part, minus, name, quoted, plain] of typed.matchAll(/(-)?([a-z]+):(?:"([^"]*)"|(\S+))|\S+/gi)) {
    const [known, place] = [TYPED, PLACES].map((names) => names.get(name?.toLowerCase()));
    const value = quoted ?? plain;
    if (place && !minus) {
      next.set(place, value);
      if (place !== 'event') next.delete('last');
    } else if (known === 'text' && !minus) words.push(value);
    else if (known) next = withFilter(next, known, value, minus ? 'not' : 'only');
    else if (/^-./.test(part)) next = withFilter(next, 'text', part.slice(1), 'not');
    else words.push(part);
  }
  return words.length > 0 ? withFilter(next, 'text', words.join(' '), 'only') : next;
}
