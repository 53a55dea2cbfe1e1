// Loaded into Azurite before it starts. Ctrl-C reaches every process of a terminal at once, and the server still needs
// its storage to store what it has accepted; so only the end of standard input, which is the end of the server, ends it.
const passed = (register) => function (name, listener) {
  return name === 'SIGINT' ? this : register.call(this, name, listener);
};
process.on('SIGINT', () => {});
process.on = passed(process.on);
process.once = passed(process.once);
process.stdin.on('end', () => {
  process.emit('SIGTERM');
  setTimeout(() => process.exit(0), 5000).unref();
});
process.stdin.resume();
