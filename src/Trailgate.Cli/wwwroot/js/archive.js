// Whether everything that was received is somewhere, and whether the ledger is signed: the state of the evidence.

import { json } from './api.js';
import { copy } from './dialog.js';
import { h, icon, put } from './dom.js';
import { empty, failed, gaps, loading, notice } from './states.js';
import { foreign, number } from './text.js';
import { ago, exact, span } from './time.js';

const PAUSE = 10_000;
const VERIFY = 'trailgate verify --data DIR --key PUB';
const PARTS = [['archived', 'Archived'], ['duplicate', 'Duplicates'], ['quarantined', 'Quarantined'], ['inFlight', 'In flight']];

/** What the signature of a note means: a class, and a sentence. */
export const SIGNATURES = {
  good: ['good', 'Signed by this server’s key'],
  bad: ['bad', 'The signature is wrong'],
  'unknown-key': ['warn', 'Signed by a key that this server does not know'],
  unsigned: ['warn', 'Not signed'],
};

/** Makes the tab. */
export function archiveTab() {
  const body = h('div');
  const root = h('div', { class: 'page' }, h('h1', {}, 'Archive'), body);
  let timer = 0;

  async function load() {
    clearTimeout(timer);
    try {
      put(body, drawn(await json('api/stats')));
    } catch (error) {
      put(body, failed(error, load));
    }
    if (root.isConnected) timer = setTimeout(load, PAUSE);
  }

  root.show = () => {
    if (body.firstChild) return;
    put(body, loading(6));
    load();
  };
  root.hide = () => {
    clearTimeout(timer);
    put(body);
  };
  return root;
}

function drawn(stats) {
  const { total, regions = {}, stores = {}, unavailable = [] } = stats;
  return [
    gaps(unavailable, 0),
    h('section', { class: 'block' }, h('h2', {}, 'Everything received is somewhere'),
      h('p', { class: 'lead' }, 'What the batches say was received, held against what became of it, line by line.'),
      balance(total, stats)),
    h('div', { class: 'duo' },
      h('section', { class: 'block' }, h('h2', {}, 'The ledger'),
        h('p', { class: 'lead' }, 'Each archive run ends in a signed note over the heads of all regions, chained to the note before it.'),
        h('div', { class: 'cards' }, Object.entries(stores).map(([name, store]) => storeCard(name, store, Object.keys(stores).length > 1)))),
      h('section', { class: 'block' }, h('h2', {}, 'Check it yourself'),
        h('p', { class: 'lead' }, 'This page believes the server. The command believes nothing: it computes everything again from a copy, offline, with the public key that you kept elsewhere.'),
        h('div', { class: 'command' }, h('code', {}, VERIFY), h('button', { class: 'button quiet', 'aria-label': 'Copy the command', onclick: () => copy(VERIFY, 'The command is') }, icon('copy'))))),
    h('section', { class: 'block' }, h('h2', {}, 'By region'), Object.keys(regions).length ? regionTable(regions) : empty('Nothing was received yet', 'The first event makes the first line here.')),
  ];
}

function balance(total, { balanced, settled, unavailable = [] }) {
  const sum = PARTS.reduce((all, [part]) => all + total[part], 0);
  const bar = h('div', { class: 'stack', 'aria-hidden': 'true' }, PARTS.map(([part]) => {
    const piece = h('span', { class: part });
    piece.style.flexGrow = String(total[part]);
    return total[part] ? piece : null;
  }));
  return h('div', { class: 'balance' },
    h('dl', { class: 'equation' }, term('received', 'Received', total.received), PARTS.map(([part, name], place) => [h('span', { class: 'operator', 'aria-hidden': 'true' }, place ? '+' : '='), term(part, name, total[part])])),
    bar,
    balanced ? notice('good', settled ? 'Balanced in every region.' : 'Balanced; a run moved on while it was counted.')
      : unavailable.length ? notice('warn', 'Whether it is balanced can not be said until every store answers.')
      : !settled ? notice('warn', 'The numbers are of two moments, because runs moved on. They are read again.')
        : notice('bad', total.received === sum ? 'A region is out of balance.' : `Out of balance by ${number(Math.abs(total.received - sum))}.`));
}

const term = (part, name, value) => h('div', { class: `term ${part}` }, h('dt', {}, name), h('dd', {}, number(value)));

function storeCard(name, { ledger, inbox }, several) {
  const [kind, text] = ledger ? SIGNATURES[ledger.signature] ?? ['warn', 'Nobody knows who signed'] : ['plain', 'No note yet: nothing was archived'];
  return h('article', { class: 'card' },
    h('header', {}, h('h2', {}, several ? foreign(name, 60) : 'Last note'), ledger ? h('span', { class: 'chip' }, `note ${number(ledger.sequence)}`) : null),
    h('p', { class: `status ${kind}` }, icon({ good: 'check', plain: 'info' }[kind] ?? 'alert'), text),
    h('dl', { class: 'facts' },
      ledger ? [h('dt', {}, 'Written'), h('dd', {}, h('time', { datetime: ledger.time, title: exact(ledger.time) }, ago(ledger.time)))] : null,
      ledger?.keys?.length ? [h('dt', {}, 'Keys'), h('dd', {}, ledger.keys.map((key) => h('code', {}, foreign(key, 220))))] : null,
      h('dt', {}, 'Waiting'), h('dd', {}, waiting(inbox)),
      inbox.damaged ? [h('dt', {}, 'Damaged'), h('dd', { class: 'why' }, `${number(inbox.damaged)} can not be read`)] : null));
}

function waiting({ batches, oldestAgeSeconds: age }) {
  if (!batches) return 'nothing';
  return `${number(batches)} ${batches === 1 ? 'batch' : 'batches'}${age === undefined ? '' : `, the oldest for ${span(age)}`}`;
}

function regionTable(regions) {
  return h('div', { class: 'grid-scroll', tabindex: '0', role: 'region', 'aria-label': 'Counters by region' }, h('table', { class: 'grid numbers' },
    h('thead', {}, h('tr', {}, ['Region', 'Balanced', 'Received', ...PARTS.map(([, name]) => name)].map((title) => h('th', { scope: 'col' }, title)))),
    h('tbody', {}, Object.entries(regions).map(([name, counts]) => h('tr', {}, h('th', { scope: 'row' }, foreign(name, 60)),
      h('td', {}, counts.balanced ? h('span', { class: 'status good' }, icon('check'), 'yes') : h('span', { class: 'status bad' }, icon('alert'), 'no')),
      h('td', {}, number(counts.received)), PARTS.map(([part]) => h('td', {}, number(counts[part]))))))));
}
