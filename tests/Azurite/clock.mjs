// Loaded into an Azurite of tests whose subject is time: its clock stands still until a line says
// "advance TICKS", ticks of 100 nanoseconds: no part of a millisecond is rounded away.
import { createInterface } from 'node:readline';

const RealDate = Date;
let ticks = BigInt(RealDate.now()) * 10000n;
const now = () => Number(ticks / 10000n);

globalThis.Date = class extends RealDate {
  constructor(...args) {
    super(...(args.length === 0 ? [now()] : args));
  }
  static now() {
    return now();
  }
};

createInterface({ input: process.stdin }).on('line', (line) => {
  ticks += BigInt(line.split(' ')[1]);
  console.log('advanced');
});
