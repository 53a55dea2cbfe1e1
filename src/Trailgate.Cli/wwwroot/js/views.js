// Saved queries: shipped ones and one's own.

import { json } from './api.js';
import { confirmed, openDialog, toast } from './dialog.js';
import { h, icon, put } from './dom.js';
import { FILTERS, joined, readFilters } from './filters.js';
import { queryOf } from './query.js';
import { addressOf, get, params, visit } from './state.js';
import { empty, failed, loading } from './states.js';
import { foreign, short } from './text.js';

const USUAL_COLUMNS = ['eventTime', 'region', 'action', 'outcome', 'initiator.name', 'target.name', 'reason.reasonForFailure'];

/** The title of the view that is open, for the head of the list. */
export const viewTitle = (state) => (state.get('view') ? h('span', { class: 'viewname' }, icon('save'), foreign(state.get('view'), 60)) : null);

/** The tab. */
export function viewsTab() {
  const body = h('div', { class: 'cards' });
  const root = h('div', { class: 'page' }, h('h1', {}, 'Views'), h('p', { class: 'lead' }, 'Searches with a name and columns, shared by everyone who looks at this server.'), body);

  async function load() {
    try {
      const { views } = await json('api/views');
      put(body, views.length ? views.map((view) => card(view, load)) : empty('No views yet', 'Search for events and choose Save view.'));
    } catch (error) {
      put(body, failed(error, load));
    }
  }

  root.show = () => {
    if (!body.firstChild) put(body, loading(6));
    load();
  };
  return root;
}

function card(view, changed) {
  // Values of one filter stand together: a view may name a dozen actions.
  const filters = Object.values(Object.groupBy(readFilters(new URLSearchParams(view.query)), ({ name, not }) => `${name}${not}`));
  const wanted = view.parameters ?? [];
  const fields = wanted.map(({ name, title }) => h('input', { name, type: 'text', required: true, spellcheck: 'false', placeholder: short(title ?? name, 60), 'aria-label': short(title ?? name, 60) }));
  const open = (event) => {
    event.preventDefault();
    visit(addressOfView(view, Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]))));
  };
  return h('article', { class: 'card' },
    h('header', {}, h('h2', {}, foreign(view.title ?? view.name, 120)), view.shipped ? h('span', { class: 'chip', title: 'It comes with Trailgate and stays as it is' }, icon('lock'), 'shipped') : null),
    h('div', { class: 'chips' }, filters.length ? filters.map((same) => h('span', { class: `filter ${same[0].not ? 'not' : ''}` }, h('span', { class: 'of' }, FILTERS[same[0].name], joined(same[0])), foreign(same.map(({ value }) => value).join(', '), 90))) : h('span', { class: 'quiet' }, wanted.length ? 'Asks for what to show' : 'Every event')),
    h('form', { class: 'open', onsubmit: open }, fields,
      h('button', { class: 'button primary', type: 'submit' }, 'Open'),
      view.shipped ? null : h('button', { class: 'button quiet', type: 'button', 'aria-label': `Delete the view ${short(view.title ?? view.name, 60)}`, onclick: () => remove(view, changed) }, 'Delete')));
}

function addressOfView(view, given) {
  const state = new URLSearchParams(view.query);
  for (const [name, value] of Object.entries(given)) state.set(name, value);
  if (view.columns?.length) state.set('columns', view.columns.join(','));
  state.set('view', view.name);
  // One request or target is looked for in all time; a list of failures begins with the usual window.
  if (Object.keys(given).length && !state.has('from')) state.set('last', 'all');
  return addressOf(state);
}

async function remove(view, changed) {
  if (!await confirmed('Delete this view?', `${short(view.title ?? view.name, 120)} will be gone for everyone.`, 'Delete')) return;
  try {
    await json(`api/views/${encodeURIComponent(view.name)}`, { method: 'DELETE' });
    toast('The view is deleted.');
    changed();
  } catch (error) {
    toast(error.message, 'bad');
  }
}

/** Saves the search that is open under a name. */
export function saveView() {
  const state = params();
  const title = h('input', { id: 'view-title', type: 'text', required: true, maxlength: '100', autocomplete: 'off' });
  const columns = h('input', { id: 'view-columns', type: 'text', required: true, autocomplete: 'off', spellcheck: 'false', value: (get('columns') || USUAL_COLUMNS.join(',')).replaceAll(',', ', ') });
  const refusal = h('div');
  const save = async (event) => {
    event.preventDefault();
    const name = title.value.toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'view';
    try {
      // Where the window has fixed ends they are saved with it; one that ends now is chosen by who opens the view.
      const query = queryOf(state, { from: state.get('from'), to: state.get('to') });
      await json(`api/views/${name}`, { method: 'PUT', body: { title: title.value.trim(), query: String(query), columns: columns.value.split(',').map((column) => column.trim()).filter(Boolean) } });
      dialog.close();
      toast('The view is saved.');
    } catch (error) {
      put(refusal, h('p', { class: 'notice bad', role: 'alert' }, icon('alert'), h('span', {}, error.message)));
    }
  };
  const dialog = openDialog({ title: 'Save this search as a view', className: 'narrow' }, h('form', { class: 'form', onsubmit: save }, refusal,
    h('label', { for: 'view-title' }, 'Name'), title,
    h('label', { for: 'view-columns' }, 'Columns'), columns, h('p', { class: 'hint' }, 'Paths in the event, split by commas, such as initiator.name.'),
    h('div', { class: 'actions' }, h('button', { class: 'button primary', type: 'submit' }, 'Save'))));
  title.focus();
}
