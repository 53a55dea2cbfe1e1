// The page without a mouse.

import { openDialog } from './dialog.js';
import { h } from './dom.js';
import { closeEvent } from './event.js';
import { changeKey, knownKey } from './key.js';
import { get, go } from './state.js';

const KEYS = [['j  k', 'next and previous event'], ['Enter', 'open it'], ['Esc', 'close it'], ['/', 'search'], ['1 – 5', 'the sections'], ['r', 'look again'], ['l', 'live: new events come in by themselves'], ['?', 'this help']];
const WORDS = [
  ['timeout', 'events with this text'], ['region:eu-de', 'a filter; also action, kind, outcome, severity, who, target, request, reason'],
  ['-kind:read', 'leaves out what the filter finds'], ['action:*.delete', '* stands for any characters, in action and who'], ['reason:"no such project"', 'quotes keep words together'],
  ['from:2026-11-22', 'where the window begins; also to:, and id: to open an event'],
];

/** Follows the keyboard. `tabs` are the names behind 1 to 5. */
export function followKeyboard(tabs) {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
    const writing = event.target.matches('input, textarea, select');
    if (event.key === 'Escape') {
      if (writing) event.target.blur();
      else if (get('event')) closeEvent();
      return;
    }
    if (writing) return;
    const act = actionOf(event.key, tabs);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function actionOf(key, tabs) {
  if (key === 'j' || key === 'k') return () => move(key === 'j' ? 1 : -1);
  if (key === '/') return () => document.querySelector('main input[type=search]')?.focus();
  if (key === '?') return showHelp;
  if (key === 'r') return () => document.getElementById('again')?.click();
  if (key === 'l' && !get('tab')) return () => go({ live: get('live') ? null : '1' });
  const tab = tabs[Number(key) - 1];
  return tab ? () => go({ tab: tab === 'events' ? null : tab }) : null;
}

// Where an event is open, the next one opens; else the next row is only stood upon.
function move(step) {
  const rows = [...document.querySelectorAll('main a.row')];
  const open = get('event');
  const now = rows.findIndex((row) => row === document.activeElement || (open && row.dataset.id === open && !rows.includes(document.activeElement)));
  const next = rows[now < 0 ? 0 : Math.max(0, Math.min(rows.length - 1, now + step))];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  if (open && next) go({ event: next.dataset.id });
}

/** Shows what the keys do, and how to search. */
export function showHelp() {
  const list = (rows, tag) => h('dl', { class: 'keys' }, rows.map(([key, text]) => [h('dt', {}, h(tag, {}, key)), h('dd', {}, text)]));
  openDialog({ title: 'Help' }, h('h3', {}, 'Keys'), list(KEYS, 'kbd'), h('h3', {}, 'Search'), list(WORDS, 'code'),
    h('p', { class: 'hint' }, 'In the histogram arrow keys move, Shift with them selects, Enter filters. The address of this page holds all that you see: send it to somebody. All times are UTC.'),
    knownKey() ? h('div', { class: 'actions' }, h('button', { class: 'button', onclick: changeKey }, 'Use another key')) : null);
}
