// What an action is called in a sentence: codeengine.application.delete is "deleted application".

// Verbs whose past the rules below would get wrong, and words that have their past already.
const PAST = {
  get: 'got', read: 'read', set: 'set', put: 'put', send: 'sent', build: 'built', run: 'ran', split: 'split', bind: 'bound', unbind: 'unbound',
  write: 'wrote', login: 'logged in to', logon: 'logged on to', logout: 'logged out of', logoff: 'logged off from', stop: 'stopped', drop: 'dropped', wrap: 'wrapped', unwrap: 'unwrapped',
  rewrap: 'rewrapped', commit: 'committed', view: 'viewed', head: 'looked up', options: 'asked for the options of', eval: 'evaluated', sync: 'synchronised', init: 'initialised',
  bulkdelete: 'bulk-deleted', endtoenddelete: 'deleted', deletealias: 'deleted an alias of', deletekey: 'deleted a key of', deletekeystore: 'deleted the key store of', delete_purge: 'purged',
  deletecollection: 'deleted all of', removeversion: 'removed a version of', setkeyfordeletion: 'marked a key for deletion in', unsetkeyfordeletion: 'kept a key from deletion in',
  undeploy: 'undeployed', deny: 'denied', unset: 'unset',
};

const FIRST = /^(create|update|delete|remove|add|enable|disable|start|stop|attach|detach|revoke|expire|purge|authenticate|authorize|patch|destroy|unbind)d?(ed)?$/;

/** The parts of an action: its verb, and what it is done to. */
export function partsOf(action) {
  const parts = String(action ?? '').split(/[./]/).filter(Boolean);
  const first = parts.length > 1 && FIRST.test(parts[0]) && !FIRST.test(parts.at(-1));
  const verb = (first ? parts[0] : parts.at(-1)) ?? '';
  const object = first ? parts[1] : parts.at(-2);
  return { verb, object: (object ?? '').replace(/[_-]+/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase() };
}

/** What was done with a verb; a verb nobody knows how to bend is quoted. */
export function past(verb) {
  const word = verb.toLowerCase();
  if (Object.hasOwn(PAST, word)) return PAST[word];
  if (!/^[a-z]+$/.test(word)) return `did “${verb}” to`;
  if (/ed$/.test(word)) return word;
  if (/e$/.test(word)) return `${word}d`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ied`;
  return `${word}ed`;
}

/** A verb behind "could not" and "began to". */
export function plain(verb) {
  const word = verb.toLowerCase();
  if (!/^[a-z]+$/.test(word)) return `do “${verb}” to`;
  const bent = { login: 'log in to', logon: 'log on to', logout: 'log out of', logoff: 'log off from', bulkdelete: 'bulk-delete', eval: 'evaluate', init: 'initialise', sync: 'synchronise' };
  return bent[word] ?? word.replace(/^(create|update|delete|remove|enable|disable|revoke|expire|purge|authenticate|authorize)d$/, '$1');
}
