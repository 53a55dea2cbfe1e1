// Puts the page together: one tab is shown at a time, and the address says which.

import { alertsTab } from './alerts.js';
import { archiveTab } from './archive.js';
import { h, icon, put } from './dom.js';
import { eventsTab } from './events.js';
import { integritySign } from './integrity.js';
import { followKeyboard, showHelp } from './keyboard.js';
import { begin, href, watch } from './state.js';
import { storyTab } from './story.js';
import { viewsTab } from './views.js';

const TABS = { events: ['Events', eventsTab], alerts: ['Alerts', alertsTab], story: ['Story', storyTab], views: ['Views', viewsTab], archive: ['Archive', archiveTab] };
const THEMES = { auto: 'As the system', light: 'Light', dark: 'Dark' };
const THEME_ICONS = { auto: 'auto', light: 'sun', dark: 'moon' };

const main = document.getElementById('main');
const made = new Map();
let shown = null;

function show(state) {
  const name = state.get('tab') in TABS ? state.get('tab') : 'events';
  if (name !== shown) {
    made.get(shown)?.hide?.();
    if (!made.has(name)) made.set(name, TABS[name][1]());
    put(main, made.get(name));
    main.className = `tab-${name}`;
    document.title = name === 'events' ? 'Trailgate' : `${TABS[name][0]} · Trailgate`;
    shown = name;
  }
  put(document.getElementById('tabs'), Object.entries(TABS).map(([tab, [title]]) => h('a', { href: tabAddress(state, tab), 'data-key': tab, 'aria-current': tab === name ? 'page' : null }, title)));
  made.get(name).show(state);
}

// Back in the list one finds the search as it was; what belongs to another tab alone goes.
const tabAddress = (state, tab) => href({ tab: tab === 'events' ? null : tab, alert: null, thread: null, state: null, rule: null, event: tab === 'events' ? state.get('event') : null, panel: null }, state);

function themeButton() {
  const now = () => document.documentElement.dataset.theme ?? 'auto';
  const button = h('button', { class: 'button quiet', onclick: turn });
  function draw() {
    put(button, icon(THEME_ICONS[now()]));
    button.title = `Colours: ${THEMES[now()]}`;
    button.setAttribute('aria-label', button.title);
  }
  function turn() {
    const names = Object.keys(THEMES);
    const next = names[(names.indexOf(now()) + 1) % names.length];
    if (next === 'auto') {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem('trailgate.theme');
    } else {
      document.documentElement.dataset.theme = next;
      localStorage.setItem('trailgate.theme', next);
    }
    draw();
  }
  draw();
  return button;
}

begin();
put(document.getElementById('tools'), integritySign(), themeButton(), h('button', { class: 'button quiet', title: 'Help (?)', 'aria-label': 'Help', onclick: showHelp }, icon('help')));
document.getElementById('skip').addEventListener('click', () => main.focus());
followKeyboard(Object.keys(TABS));
watch(show);
