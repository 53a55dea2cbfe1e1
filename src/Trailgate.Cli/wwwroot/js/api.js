// Calls of the server. Errors are values of one class, with the words of the server's own problem documents.

import { askForKey, forgetKey, knownKey } from './key.js';

/** Why there is no answer: `status` 0 when the server could not be reached. */
export class ApiError extends Error {
  constructor(status, title, detail) {
    super(detail || title);
    Object.assign(this, { status, title, detail });
  }
}

/** Calls a route; a path without the first slash, so that the page works below a proxy's path as well. */
export async function call(path, { method = 'GET', body, signal } = {}) {
  for (;;) {
    const key = knownKey();
    const response = await send(path, { method, body, signal, key });
    if (response.ok) return response;
    const error = await read(response);
    if (error.status !== 401) throw error;
    // Several calls are under way when a page opens: the first asks, and all of them try again.
    forgetKey(key);
    await askForKey(key ? error.message : '', signal);
  }
}

/** The answer of a route as JSON. */
export async function json(path, options) {
  const response = await call(path, options);
  return response.status === 204 ? null : JSON.parse(await response.text(), exactly);
}

// A number that a double does not hold as it was written stays as it was written; browsers that can not say so round it.
function exactly(name, value, context) {
  return typeof value === 'number' && context?.source !== undefined && JSON.rawJSON && String(value) !== context.source ? JSON.rawJSON(context.source) : value;
}

/** The lines of an answer of JSON lines, one by one as they arrive. */
export async function* lines(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop();
    for (const part of parts) if (part) yield JSON.parse(part);
  }
  if (rest) yield JSON.parse(rest);
}

async function send(path, { method, body, signal, key }) {
  const headers = { Accept: 'application/json, application/x-ndjson;q=0.9, */*;q=0.1' };
  if (key) headers.Authorization = `Bearer ${key}`;
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  try {
    return await fetch(path, { method, headers, signal, body: body === undefined ? undefined : JSON.stringify(body), cache: 'no-store', credentials: 'omit', redirect: 'error' });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'Trailgate does not answer', 'The server is stopped, or the way to it is broken.');
  }
}

async function read(response) {
  try {
    const problem = await response.json();
    return new ApiError(response.status, problem.title ?? `Status ${response.status}`, problem.detail ?? '');
  } catch {
    return new ApiError(response.status, `The answer was ${response.status}`, '');
  }
}
