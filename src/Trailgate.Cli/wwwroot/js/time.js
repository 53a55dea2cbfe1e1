// Times. Everything is UTC, as in the archive, so that two people who look at one link see one time.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Windows that end now, by the value of `last` in the address. */
export const WINDOWS = { '1h': ['Last hour', HOUR], '24h': ['Last 24 hours', DAY], '7d': ['Last 7 days', 7 * DAY], '30d': ['Last 30 days', 30 * DAY], '90d': ['Last 90 days', 90 * DAY], all: ['All time', null] };
export const USUAL_WINDOW = '7d';

const clockFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', hour: '2-digit', minute: '2-digit', second: '2-digit' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const shortDayFormat = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'short' });

const valid = (time) => !Number.isNaN(new Date(time).getTime());

/** 05:54:00 */
export const clock = (time) => (valid(time) ? clockFormat.format(new Date(time)) : '');

/** Sunday 22 November 2026 */
export const day = (time) => (valid(time) ? dayFormat.format(new Date(time)).replace(',', '') : '');

/** 22 Nov */
export const shortDay = (time) => (valid(time) ? shortDayFormat.format(new Date(time)) : '');

/** 2026-11-22 05:54:00 UTC, as exact as it was given. */
export const exact = (time) => (valid(time) ? `${String(time).replace('T', ' ').replace(/\.000Z$/, 'Z').replace('Z', ' UTC')}` : '');

/** The exact time, and what the clock on the wall said, where that is another. */
export function hover(time) {
  if (!valid(time)) return '';
  const local = new Date(time);
  return local.getTimezoneOffset() === 0 ? exact(time) : `${exact(time)}\n${local.toLocaleString()} here`;
}

/** 22 Nov 05:54 */
export const brief = (time) => `${shortDay(time)} ${clock(time).slice(0, 5)}`;

/** A time to the second, as the server reads it. */
export const iso = (milliseconds) => new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');

/** 3 minutes ago */
export function ago(time, now = Date.now()) {
  const passed = now - new Date(time).getTime();
  if (Number.isNaN(passed)) return '';
  return passed < 0 ? `in ${span(-passed / 1000)}` : passed < 5000 ? 'just now' : `${span(passed / 1000)} ago`;
}

/** 3 minutes; seconds come in, the greatest unit that fits comes out. */
export function span(seconds) {
  const units = [[86_400, 'day'], [3600, 'hour'], [60, 'minute'], [1, 'second']];
  const [size, word] = units.find(([unit]) => seconds >= unit) ?? [1, 'second'];
  const whole = Math.floor(seconds / size);
  return `${whole} ${word}${whole === 1 ? '' : 's'}`;
}

/** From and to of the address, as the server reads them; an open end is null. A window that ends now begins at a whole minute. */
export function range(params, now = Date.now()) {
  const [from, to] = [params.get('from'), params.get('to')];
  if (from || to) return { from, to };
  const [, length] = WINDOWS[params.get('last') ?? USUAL_WINDOW] ?? WINDOWS[USUAL_WINDOW];
  return { from: length === null ? null : iso(Math.floor((now - length) / MINUTE) * MINUTE), to: null };
}

/** What the range is called. */
export function rangeName(params) {
  const [from, to] = [params.get('from'), params.get('to')];
  if (!from && !to) return (WINDOWS[params.get('last') ?? USUAL_WINDOW] ?? WINDOWS[USUAL_WINDOW])[0];
  if (!to) return `From ${brief(from)}`;
  if (!from) return `Until ${brief(to)}`;
  return `${brief(from)} – ${shortDay(from) === shortDay(to) ? clock(to).slice(0, 5) : brief(to)}`;
}
