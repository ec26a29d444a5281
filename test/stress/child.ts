import { parseConfig } from '../../config.ts';
import { openLog } from '../../log.ts';
import { start } from '../../main.ts';

// A whole gateway that tells its parent about itself: { ready: port }, and { heap, rss, sockets } when it is asked.
const config = parseConfig(process.argv[2] ?? '', { directory: process.cwd(), env: process.env });
const running = await start(config, openLog({ level: 'error', format: 'json' }));
process.send?.({ ready: running.gateway.addresses[0]?.port });
process.on('message', (message) => {
  if (message === 'measure') {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    const sockets = process.getActiveResourcesInfo().filter((name) => /^(?:TCPSocketWrap|TLSWrap)$/.test(name)).length;
    process.send?.({ heap: heapUsed, rss, sockets });
  }
  if (message === 'stop') void running.stop().then(() => process.exit(0));
});
