import { openState } from '../../state/open.ts';

// Holds the state folder until it is killed, or says why it cannot.
try {
  openState(process.argv[2]!);
  console.log('holding');
  setInterval(() => undefined, 60_000);
} catch (error) {
  console.log(error instanceof Error && 'code' in error ? error.code : 'unknown');
  console.log(error instanceof Error ? error.message : '');
  process.exitCode = 1;
}
