import { Backend, silently } from '../support/backend.ts';
import { startTestGateway } from '../support/gateway.ts';
import { ask } from './ask.ts';

// A gateway that was used, watches an environment that never answers its probes, and is closed: nothing may keep the
// process alive after that.
const environment = await Backend.start();
const mute = await Backend.start({ script: silently });
const gateway = await startTestGateway({
  environments: { operational: environment.url, cloudEmergency: mute.url },
  health: { everyMs: 50 },
});
await ask(gateway.port);
await mute.arrival(1);
await gateway.close(500);
await environment.close();
await mute.close();
console.log('closed');
