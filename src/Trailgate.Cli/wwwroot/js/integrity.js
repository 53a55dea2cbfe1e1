// The state of the evidence in a few words, at the head of every tab.

import { json } from './api.js';
import { SIGNATURES } from './archive.js';
import { h, put } from './dom.js';
import { href } from './state.js';
import { span } from './time.js';

const PAUSE = 30_000;
const ORDER = ['bad', 'warn', 'good'];

/** Makes the sign, which looks again every half minute. */
export function integritySign() {
  const root = h('a', { class: 'integrity', href: href({ tab: 'archive' }, new URLSearchParams()) });

  async function look() {
    try {
      show(await json('api/stats'));
    } catch (error) {
      tell(error.status === 0 ? 'bad' : 'warn', error.status === 0 ? 'No answer' : 'Not known', error.message);
    }
    setTimeout(look, PAUSE);
  }

  function show(stats) {
    const notes = Object.values(stats.stores ?? {}).map((store) => store.ledger).filter(Boolean);
    const kinds = notes.map((note) => (SIGNATURES[note.signature] ?? ['warn'])[0]);
    const away = stats.unavailable ?? [];
    if (away.length) kinds.push('warn');
    else if (!stats.balanced && stats.settled) kinds.push('bad');
    const worst = ORDER.find((kind) => kinds.includes(kind));
    if (!worst) return tell('plain', 'Nothing archived yet', 'The first archive run writes the first note.');
    // Of several stores the oldest note counts: it is the one that may be late.
    const oldest = notes.reduce((one, other) => (one && one.time < other.time ? one : other), null);
    const age = oldest ? span(Math.max(1, (Date.now() - new Date(oldest.time)) / 1000)) : '';
    const text = { bad: 'Check the archive', warn: !away.length ? 'Not fully proven' : away.length === 1 ? 'A store is away' : `${away.length} stores are away`, good: 'Signed' }[worst];
    return tell(worst, worst === 'good' ? `Signed ${age} ago` : text, worst === 'good' ? 'Every store’s last note is signed by this server, and the counters balance.' : 'See the archive tab.');
  }

  function tell(kind, text, title) {
    root.className = `integrity ${kind}`;
    root.title = title;
    put(root, h('span', { class: 'dot' }), h('span', {}, text));
  }

  tell('plain', 'Checking…', '');
  look();
  return root;
}
