// Events over time. A drag, or arrow keys with Shift and Enter, choose a window.

import { announce, h, put, s } from './dom.js';
import { count, number } from './text.js';
import { brief, clock, iso, shortDay } from './time.js';

const DAY = 86_400;
const FEWEST = 24;
const MOST = 400;

/** Makes the histogram; `choose(from, to)` is told what was chosen. */
export function histogram(choose) {
  const bars = h('div', { class: 'bars' });
  const mark = h('div', { class: 'mark', hidden: true });
  const tip = h('div', { class: 'tip', hidden: true, 'aria-hidden': 'true' });
  const axis = h('div', { class: 'axis', 'aria-hidden': 'true' });
  const plot = h('div', { class: 'plot', tabindex: '0', role: 'application', 'aria-label': 'Events over time' }, bars, mark, tip);
  const root = h('div', { class: 'histogram' }, plot, axis);
  let shown = null; // { start, seconds, slots: [{ count, failures }] }
  let selected = null; // [anchor, end], both slots included
  let dragging = false;

  const slotAt = (event) => {
    const box = plot.getBoundingClientRect();
    const slot = Math.floor(((event.clientX - box.left) / box.width) * shown.slots.length);
    return Math.max(0, Math.min(shown.slots.length - 1, slot));
  };
  const timeOf = (slot) => (shown.start + slot * shown.seconds) * 1000;
  const ordered = () => [Math.min(...selected), Math.max(...selected)];

  function point(slot) {
    const [first, last] = selected ? ordered() : [slot, slot];
    const size = shown.slots.length;
    mark.hidden = !selected;
    Object.assign(mark.style, { left: `${(first / size) * 100}%`, width: `${((last - first + 1) / size) * 100}%` });
    const text = told(first, last);
    put(tip, h('strong', {}, text.when), text.what);
    tip.hidden = false;
    tip.style.left = `${Math.max(12, Math.min(88, ((slot + 0.5) / size) * 100))}%`;
    return `${text.when}: ${text.what}`;
  }

  function told(first, last) {
    const slots = shown.slots.slice(first, last + 1);
    const [events, failures] = [slots.reduce((sum, slot) => sum + slot.count, 0), slots.reduce((sum, slot) => sum + slot.failures, 0)];
    const [from, to] = [timeOf(first), timeOf(last + 1)];
    return { when: `${brief(from)} – ${to - from >= DAY * 1000 ? brief(to) : clock(to).slice(0, 5)}`, what: failures ? `${count(events, 'event')}, ${failures} failed` : count(events, 'event') };
  }

  function clear() {
    selected = null;
    dragging = false;
    mark.hidden = true;
    tip.hidden = true;
  }

  function take() {
    if (!selected) return;
    const [first, last] = ordered();
    clear();
    choose(iso(timeOf(first)), iso(timeOf(last + 1)));
  }

  plot.addEventListener('pointerdown', (event) => {
    if (!shown || event.button !== 0) return;
    plot.setPointerCapture(event.pointerId);
    dragging = true;
    selected = [slotAt(event), slotAt(event)];
    point(selected[1]);
  });
  plot.addEventListener('pointermove', (event) => {
    if (!shown) return;
    if (dragging) selected[1] = slotAt(event);
    point(slotAt(event));
  });
  plot.addEventListener('pointerup', () => dragging && take());
  plot.addEventListener('pointercancel', clear);
  plot.addEventListener('pointerleave', () => dragging || clear());
  plot.addEventListener('blur', clear);
  plot.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (!shown) return;
    if (step) {
      const last = shown.slots.length - 1;
      const slot = selected ? Math.max(0, Math.min(last, selected[1] + step)) : step < 0 ? last : 0;
      selected = event.shiftKey && selected ? [selected[0], slot] : [slot, slot];
      announce(point(slot));
    } else if (event.key === 'Enter') take();
    else if (event.key === 'Escape' && selected) clear();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** Draws the counts of GET /api/events, over the window that was asked for. */
  root.show = (facet, window) => {
    clear();
    shown = slotsOf(facet, window);
    if (!shown) {
      put(bars, h('p', { class: 'nothing' }, 'No events in this window'));
      put(axis);
      return;
    }
    const top = Math.max(...shown.slots.map((slot) => slot.count));
    put(bars, draw(shown.slots, top), h('span', { class: 'most', 'aria-hidden': 'true' }, number(top)));
    put(axis, ticks(shown, axis.clientWidth));
    const all = told(0, shown.slots.length - 1);
    plot.setAttribute('aria-label', `Events over time, ${all.when}: ${all.what}. Arrow keys move, Shift with them selects, Enter filters.`);
  };
  return root;
}

// Every slot of the window, those without events too. Counts are left out where they are none.
function slotsOf(facet, { from, to }) {
  if (!facet?.buckets.length) return null;
  const { seconds, buckets } = facet;
  const aligned = (time) => Math.floor(new Date(time).getTime() / 1000 / seconds) * seconds;
  const [first, last] = [aligned(buckets[0].from), aligned(buckets.at(-1).from)];
  const start = from ? Math.min(aligned(from), first) : first;
  const end = Math.max(last, to ? aligned(new Date(to).getTime() - 1) : from ? aligned(Date.now()) : last);
  // A few slots more at both ends than a single moment has: a bar as wide as the page says nothing.
  const spare = Math.max(0, Math.ceil((FEWEST - (end - start) / seconds - 1) / 2));
  const size = Math.min(MOST, (end - start) / seconds + 1 + 2 * spare);
  const slots = Array.from({ length: size }, () => ({ count: 0, failures: 0 }));
  for (const bucket of buckets) {
    const slot = slots[(aligned(bucket.from) - start) / seconds + spare];
    if (slot) Object.assign(slot, { count: bucket.count, failures: bucket.failures });
  }
  return { start: start - spare * seconds, seconds, slots };
}

function draw(slots, top) {
  const height = (value) => (value === 0 ? 0 : Math.max(2.5, (value / top) * 100));
  return s('svg', { viewBox: `0 0 ${slots.length} 100`, preserveAspectRatio: 'none', 'aria-hidden': 'true' }, slots.map((slot, x) => {
    const all = height(slot.count);
    // In a bar of a few pixels the failures take half at most: the rest happened too.
    const bad = slot.failures < slot.count ? Math.min(height(slot.failures), Math.max(all / 2, (slot.failures / top) * 100)) : all;
    const width = slots.length > 60 ? 0.8 : 0.86;
    return [
      slot.count > slot.failures ? s('rect', { class: 'good', x, y: 100 - all, width, height: all - bad }) : null,
      slot.failures ? s('rect', { class: 'bad', x, y: 100 - bad, width, height: bad }) : null,
    ];
  }));
}

// Pixels of "28 Nov" with its distance from the line.
const LABEL_WIDTH = 52;

// About six labels at places of the clock: every so many slots, so that whole hours and days are named.
function ticks({ start, seconds, slots }, width) {
  const step = [60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY].find((size) => size >= seconds && (slots.length * seconds) / size <= 7.5) ?? slots.length * seconds;
  const labels = [];
  for (let time = Math.ceil(start / step) * step; time < start + slots.length * seconds; time += step) {
    const place = ((time - start) / seconds / slots.length) * 100;
    if ((1 - place / 100) * width < LABEL_WIDTH) break; // it would stick out at the side
    const label = h('span', {}, step >= DAY || time % DAY === 0 ? shortDay(time * 1000) : clock(time * 1000).slice(0, 5));
    label.style.left = `${place}%`;
    labels.push(label);
  }
  return labels;
}
