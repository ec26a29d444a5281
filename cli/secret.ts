import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandFailed, EXIT } from './exit.ts';

/** Reads one line without showing it: from the terminal, else from what is piped in. Never from the command line. */
export async function askSecret(question: string): Promise<string> {
  const { stdin, stderr } = process;
  const isTerminal = stdin.isTTY;
  if (isTerminal) stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: nowhere, terminal: isTerminal });
  try {
    const closed = once(lines, 'close').then(() => null);
    const line = await Promise.race([once(lines, 'line').then(([text]) => String(text)), closed]);
    if (line === null) throw new CommandFailed(EXIT.usage, 'パスワードが入力されていません。 / No password was given.');
    return line;
  } finally {
    lines.close();
    if (isTerminal) stderr.write('\n');
  }
}
