// The access key: asked for once, kept for this tab alone, and never in an address.

import { h, icon } from './dom.js';
import { openDialog } from './dialog.js';

const PLACE = 'trailgate.key';
let asking = null;

export const knownKey = () => sessionStorage.getItem(PLACE);

/** Forgets a key that was refused, unless another was entered meanwhile. */
export function forgetKey(key) {
  if (key && knownKey() === key) sessionStorage.removeItem(PLACE);
}

/** Forgets the key, and begins anew without one. */
export function changeKey() {
  sessionStorage.removeItem(PLACE);
  location.reload();
}

/** Asks for a key, once however many calls want one. */
export function askForKey(refusal, signal) {
  if (knownKey()) return Promise.resolve();
  asking ??= ask(refusal).finally(() => { asking = null; });
  return Promise.race([asking, aborted(signal)]);
}

function aborted(signal) {
  return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
}

function ask(refusal) {
  return new Promise((resolve) => {
    const field = h('input', { id: 'key', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'key-help' });
    const enter = (event) => {
      event.preventDefault();
      const key = field.value.trim();
      if (!key) return;
      sessionStorage.setItem(PLACE, key);
      dialog.close();
    };
    const dialog = openDialog({ title: 'Access key', closable: false, className: 'narrow' }, h('form', { class: 'form', onsubmit: enter },
      refusal ? h('p', { class: 'notice bad', role: 'alert' }, icon('alert'), h('span', {}, refusal)) : null,
      h('label', { for: 'key' }, 'This server asks who looks. Enter a key with the scope read:'),
      field,
      h('p', { class: 'hint', id: 'key-help' }, 'It stays in this tab until the tab is closed, and is sent to this server alone. Sending alerts again and saving views need the scope admin.'),
      h('div', { class: 'actions' }, h('button', { class: 'button primary', type: 'submit' }, 'Continue'))));
    // A browser may close a dialog against its will; whoever asked tries again without a key, and asks again.
    dialog.addEventListener('close', resolve);
    field.focus();
  });
}
