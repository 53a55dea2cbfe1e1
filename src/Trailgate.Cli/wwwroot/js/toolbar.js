// The search field, the window, the filters in force, and what else is done with a list.

import { h, icon, put } from './dom.js';
import { FILTERS, joined, readFilters, withFilter, withTyped, writeFilters } from './filters.js';
import { addressOf, go, href, params, visit } from './state.js';
import { foreign, short } from './text.js';
import { rangeName, USUAL_WINDOW, WINDOWS } from './time.js';

/** Makes the toolbar; `actions` are the buttons at its end. */
export function toolbar(...actions) {
  const field = h('input', { id: 'search', type: 'search', autocomplete: 'off', spellcheck: 'false', placeholder: 'Search, or region:eu-de -kind:read', 'aria-label': 'Search events' });
  const search = (event) => {
    event.preventDefault();
    visit(addressOf(withTyped(params(), field.value.trim())));
    field.value = '';
  };
  const window = h('button', { class: 'button', 'aria-haspopup': 'true', 'aria-expanded': 'false', onclick: () => menu.hidden ? openMenu() : closeMenu() });
  const menu = h('div', { class: 'menu', hidden: true });
  const chips = h('div', { class: 'chips', 'aria-label': 'Filters in force', role: 'group' });
  const root = h('div', { class: 'toolbar' },
    h('form', { class: 'search', role: 'search', onsubmit: search }, icon('search'), field, h('kbd', { 'aria-hidden': 'true' }, '/')),
    h('div', { class: 'dropdown' }, window, menu), ...actions);

  function openMenu() {
    const state = params();
    const [from, to] = ['from', 'to'].map((name) => h('input', { id: `window-${name}`, type: 'text', value: state.get(name) ?? '', placeholder: '2026-11-22T05:00:00Z', spellcheck: 'false' }));
    const apply = (event) => {
      event.preventDefault();
      closeMenu();
      go({ from: from.value.trim(), to: to.value.trim(), last: null });
    };
    put(menu,
      Object.entries(WINDOWS).map(([value, [name]]) => h('a', {
        href: href({ last: value === USUAL_WINDOW ? null : value, from: null, to: null }), onclick: closeMenu,
        'aria-current': !state.get('from') && !state.get('to') && (state.get('last') ?? USUAL_WINDOW) === value ? 'true' : null,
      }, name)),
      h('form', { class: 'form', onsubmit: apply }, h('label', { for: 'window-from' }, 'From (UTC)'), from, h('label', { for: 'window-to' }, 'To, not included'), to, h('button', { class: 'button', type: 'submit' }, 'Show')));
    menu.hidden = false;
    window.setAttribute('aria-expanded', 'true');
    menu.querySelector('a').focus();
  }

  function closeMenu() {
    menu.hidden = true;
    window.setAttribute('aria-expanded', 'false');
  }

  root.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !menu.hidden) {
      closeMenu();
      window.focus();
      event.stopPropagation();
    }
  });
  document.addEventListener('pointerdown', (event) => { if (!menu.hidden && !event.target.closest('.dropdown')) closeMenu(); });

  root.show = (state) => {
    put(window, rangeName(state), icon('chevron', 'down'));
    const filters = readFilters(state);
    put(chips, filters.map((filter) => chip(state, filter)),
      filters.length > 1 ? h('button', { class: 'button link', onclick: () => visit(addressOf(writeFilters(params(), []))) }, 'Clear all') : null);
    chips.hidden = filters.length === 0;
  };
  root.chips = chips;
  return root;
}

function chip(state, { name, value, not }) {
  const change = (mode) => () => visit(addressOf(withFilter(params(), name, value, mode)));
  return h('span', { class: `filter ${not ? 'not' : ''}` },
    h('button', { 'data-key': `${name} ${value}`, onclick: change(not ? 'only' : 'not'), title: not ? 'Left out. Press to show only these.' : 'Shown. Press to leave these out.' },
      h('span', { class: 'of' }, FILTERS[name], joined({ name, not })), foreign(value, 60)),
    h('button', { class: 'remove', onclick: change(null), 'aria-label': `Remove the filter ${FILTERS[name]} ${short(value, 60)}` }, icon('close')));
}

