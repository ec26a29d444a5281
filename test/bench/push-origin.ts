import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { WebSocketServer, type WebSocket } from 'ws';

// WebORCA's push for the benchmark: subscribers get `batch` events every `everyMs`, each with the time it left.
const [port = 0, everyMs = 200, batch = 1] = process.argv.slice(2).map(Number);
const sockets = new Map<WebSocket, string>();
const server = createServer((_request, response) => response.writeHead(404).end());
const push = new WebSocketServer({ noServer: true });
server.on('upgrade', (request, socket, head) => {
  push.handleUpgrade(request, socket, head, (client) => {
    client.on('error', () => client.terminate());
    client.on('close', () => sockets.delete(client));
    client.on('message', () => {
      const subId = randomUUID();
      sockets.set(client, subId);
      client.send(`{"command":"subscribed","req.id":"r","sub.id":"${subId}"}`);
    });
  });
});
let id = 0;
let isOn = false;
setInterval(() => {
  if (!isOn) return;
  for (let each = 0; each < batch; each += 1) publish();
}, everyMs);
process.on('message', (message) => (isOn = message === 'on'));
server.listen(port, '127.0.0.1', () => process.send?.('ready'));

function publish(): void {
  id += 1;
  const sent = performance.timeOrigin + performance.now();
  const body = {
    Patient_Mode: 'add',
    Patient_ID: '00012',
    Accept_Date: '2026-04-13',
    Accept_Time: '09:01:00',
    Accept_Id: String(id),
    Department_Code: '01',
    Physician_Code: '10001',
    Insurance_Combination_Number: '0001',
  };
  const data = {
    uuid: randomUUID(),
    id,
    event: 'patient_accept',
    user: 'ormaster',
    sent,
    body,
    time: '2026-04-13T09:01:00+0900',
  };
  const text = JSON.stringify(data);
  for (const [client, subId] of sockets) client.send(`{"command":"event","sub.id":"${subId}","data":${text}}`);
}
