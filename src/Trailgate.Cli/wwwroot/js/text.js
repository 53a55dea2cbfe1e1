// Text of strangers, made safe to look at.

import { h } from './dom.js';

// What reorders or hides the letters around it, and what has no shape: shown by its number, so that nobody is fooled.
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Cs}/gu;

/** A text with unseen characters spelt out. */
export function visible(text) {
  return text.replace(UNSEEN, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A text in one line of at most so many characters. */
export function short(value, max = 120) {
  const text = typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
  const line = visible([...text.slice(0, 4 * max)].slice(0, max).join('').replace(/\s+/g, ' ').trim());
  return text.length > 4 * max || [...text].length > max ? `${line}…` : line;
}

/** An element around a stranger's text, which keeps the writing direction of what is inside from what is outside. */
export function foreign(value, max, className = '') {
  return h('bdi', { class: className || null }, short(value, max));
}

/** A number with thousands marked off. */
export const number = (value) => value.toLocaleString('en-GB');

/** A word with its number: 1 event, 2 events. */
export const count = (value, word) => `${number(value)} ${word}${value === 1 ? '' : 's'}`;

/** An amount of bytes for people. */
export function bytes(value) {
  if (value < 1024) return `${value} B`;
  const unit = value < 1024 * 1024 ? 1 : value < 1024 ** 3 ? 2 : 3;
  const scaled = value / 1024 ** unit;
  return `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${['', 'KB', 'MB', 'GB'][unit]}`;
}
