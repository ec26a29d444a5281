import { startTestGateway } from '../../support/gateway.ts';

// A gateway of its own process, to be killed: arguments are its state folder and the operational environment.
const [dir = '', url = ''] = process.argv.slice(2);
const { port } = await startTestGateway({ push: true, dir, environments: { operational: new URL(url) } });
process.stdout.write(`${port}\n`);
