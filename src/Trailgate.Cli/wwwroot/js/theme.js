// Runs before the first paint: who chose light or dark sees no flash of the other. Not a module, because those wait.
(() => {
  const chosen = localStorage.getItem('trailgate.theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
})();
