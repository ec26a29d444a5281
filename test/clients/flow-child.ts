import { readFileSync, writeFileSync } from 'node:fs';
import { startTestGateway } from '../support/gateway.ts';

// A gateway in a process of its own, which says on demand how much memory it took at most since it was last asked.
const [url = ''] = process.argv.slice(2);
const gateway = await startTestGateway({ environments: { operational: new URL(url) } });
const SAMPLE_MS = 20;
let peak = 0;
setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), SAMPLE_MS).unref();

/** The kernel's own high-water mark, where there is one; samples can miss a moment. */
function highWaterMark(): number {
  try {
    const kibibytes = Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
    writeFileSync('/proc/self/clear_refs', '5');
    return kibibytes * 1024;
  } catch {
    return 0;
  }
}

process.on('message', (message) => {
  if (message === 'peak') {
    process.send?.({ peak: Math.max(peak, highWaterMark(), process.memoryUsage.rss()) });
    peak = 0;
  } else {
    void gateway.close(0).then(() => process.disconnect());
  }
});
process.send?.({ port: gateway.port });
