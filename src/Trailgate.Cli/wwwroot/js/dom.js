// Elements are made here and nowhere else. Text becomes text nodes: nothing that an event holds is ever read as markup.

const SVG = 'http://www.w3.org/2000/svg';

/** Makes an element: handlers are functions under their on-names, false and null leave an attribute out, children may be nested. */
export function h(tag, properties, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** Makes an SVG element. */
export function s(tag, properties, ...children) {
  return fill(document.createElementNS(SVG, tag), properties, children);
}

/** Puts children in the place of those that are there. Who stood on one with a data-key stands on the new one with it. */
export function put(parent, ...children) {
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  parent.replaceChildren(...nodes(children));
  if (key) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus();
  return parent;
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...nodes(children));
  return element;
}

function nodes(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== '');
}

// Each icon is the path of a 16 by 16 drawing, so that a shape says what a colour says.
const ICONS = {
  create: 'M8 3.5v9M3.5 8h9',
  delete: 'M4 4l8 8M12 4l-8 8',
  update: 'M3 13l.7-3L10.5 3.2a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L6 12.3z',
  read: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8zM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z',
  security: 'M8 1.8l5 2v3.8c0 3-2 5.4-5 6.6-3-1.2-5-3.6-5-6.6V3.8z',
  other: 'M4 8h.01M8 8h.01M12 8h.01',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.7 10.7L14 14',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  alert: 'M8 2.2l6.3 11.3H1.7zM8 6.5v3.2M8 11.6h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5v3.3M8 5h.01',
  swap: 'M5 3v10M2.5 10.5L5 13l2.5-2.5M11 13V3M8.5 5.5L11 3l2.5 2.5',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  link: 'M6.5 9.5l3-3M7 4.5l1.2-1.2a3 3 0 0 1 4.3 4.3L11 9M9 11.5l-1.2 1.2a3 3 0 0 1-4.3-4.3L5 7',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M3.2 12.8l1.1-1.1M11.7 4.3l1.1-1.1',
  moon: 'M13.2 9.6A5.7 5.7 0 0 1 6.4 2.8 5.7 5.7 0 1 0 13.2 9.6z',
  auto: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 2v12M8 5h4M8 8h5.8M8 11h4',
  help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.4 6.3a1.7 1.7 0 1 1 2.4 1.6c-.5.2-.8.6-.8 1.1v.3M8 11.2h.01',
  filter: 'M2 4h12M4.5 8h7M7 12h2',
  chevron: 'M6 4l4 4-4 4',
  save: 'M4 2.5h8v11l-4-3-4 3z',
  download: 'M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.5h10',
  again: 'M13 8a5 5 0 1 1-1.5-3.5M13 2.5V5h-2.5',
  lock: 'M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2',
  play: 'M5 3.2v9.6L12.5 8z',
};

/** A drawing that means nothing to who does not see it. */
export function icon(name, className = '') {
  const drawn = name in ICONS ? name : 'other';
  return s('svg', { class: `icon ${className}`, viewBox: '0 0 16 16', 'aria-hidden': 'true' }, s('path', { d: ICONS[drawn] }));
}

/** Says something to who does not see the page. */
export function announce(text) {
  document.getElementById('announcer').textContent = text;
}
