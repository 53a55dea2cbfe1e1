// What stands where there is nothing yet, nothing at all, or something went wrong.

import { h, icon } from './dom.js';
import { changeKey, knownKey } from './key.js';

/** Bars in the shape of what is to come. */
export function loading(rows = 6) {
  return h('div', { class: 'skeleton', 'aria-hidden': 'true' }, Array.from({ length: rows }, () => h('div', {}, h('span'), h('span'), h('span'))));
}

/** Nothing, and what to do about it. */
export function empty(title, text, ...actions) {
  return h('div', { class: 'state' }, h('h2', {}, title), text ? h('p', {}, text) : null, actions.length ? h('div', { class: 'actions' }, actions) : null);
}

/** What went wrong, in the server's words, with a way to try again. */
export function failed(error, again) {
  const title = error.status === 403 ? 'This key may not do that' : error.title ?? 'This page failed';
  return h('div', { class: 'state bad', role: 'alert' }, icon('alert', 'large'),
    h('h2', {}, title), h('p', {}, error.detail || error.message),
    h('div', { class: 'actions' },
      again ? h('button', { class: 'button', onclick: again }, icon('again'), 'Try again') : null,
      error.status === 403 && knownKey() ? h('button', { class: 'button', onclick: changeKey }, 'Use another key') : null));
}

/** A strip over content that is not whole. */
export function notice(kind, ...content) {
  return h('p', { class: `notice ${kind}`, role: kind === 'bad' ? 'alert' : null }, icon({ good: 'check', plain: 'info' }[kind] ?? 'alert'), h('span', {}, content));
}

/** Strips about parts that could not be read and stores that did not answer. */
export function gaps(unavailable, damaged) {
  return [
    unavailable.length ? notice('warn', `Not everything is here: ${unavailable.length === 1 ? 'the store' : 'the stores'} ${unavailable.join(', ')} did not answer.`) : null,
    damaged ? notice('bad', `Not everything is here: ${damaged === 1 ? 'a part of the archive' : `${damaged} parts of the archive`} can not be read. `, h('code', {}, 'trailgate verify'), ' says what is wrong.') : null,
  ];
}
