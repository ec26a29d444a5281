import { openBatch } from '../../state/batch.ts';
import { TABLE, line } from './batch-table.ts';

// Writes a row every millisecond or so, and says which, and when.
const batch = await openBatch({ dir: process.argv[2]!, migrations: TABLE });
let number = 0;
for (;;) {
  number += 1;
  batch.write(line(number));
  process.stdout.write(`${number} ${Date.now()}\n`);
  await new Promise((done) => setTimeout(done, 1));
}
