// Dialogs, and the short messages at the foot of the page.

import { announce, h, icon } from './dom.js';

/** Opens a dialog over the page; what it returns has close(). Esc closes it unless it is not closable. */
export function openDialog({ title, closable = true, className = '' }, ...content) {
  const dialog = h('dialog', { class: `dialog ${className}`, 'aria-label': title },
    h('header', {}, h('h2', {}, title), closable ? h('button', { class: 'button quiet', 'aria-label': 'Close', onclick: () => dialog.close() }, icon('close')) : null),
    ...content);
  if (!closable) dialog.addEventListener('cancel', (event) => event.preventDefault());
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Asks for a yes before something that can not be undone. */
export function confirmed(title, text, yes) {
  return new Promise((resolve) => {
    const answer = (value) => () => { resolve(value); dialog.close(); };
    const dialog = openDialog({ title, className: 'narrow' }, h('p', {}, text), h('div', { class: 'actions' },
      h('button', { class: 'button', onclick: answer(false) }, 'Cancel'),
      h('button', { class: 'button primary', onclick: answer(true) }, yes)));
    dialog.addEventListener('close', () => resolve(false));
  });
}

let shown;

/** Says in a few words what was done, or what went wrong. */
export function toast(text, kind = 'good') {
  shown?.remove();
  const own = h('div', { class: `toast ${kind}` }, icon(kind === 'good' ? 'check' : 'alert'), h('span', {}, text));
  shown = own;
  document.querySelector('header.top').append(own);
  announce(text);
  setTimeout(() => own.remove(), kind === 'good' ? 4000 : 8000);
}

/** Copies a text and says so. */
export async function copy(text, what) {
  try {
    await navigator.clipboard.writeText(text);
    toast(`${what} copied.`);
  } catch {
    toast('The browser does not let this page copy (it does so over https and on this machine).', 'bad');
  }
}
