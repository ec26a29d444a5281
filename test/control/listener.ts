import net from 'node:net';

// Holds a port until it is killed, and says which.
const server = net.createServer().listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
