/**
 * The least that a server can do: for every chunk that comes, one constant reply, without a look at what was asked. What the load
 * client reaches here is the most that it can.
 *
 *     node constant-server.ts 200    bytes of the body of the reply
 */
import net from 'node:net';

const body = 'x'.repeat(Number(process.argv[2]));
const reply = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on('data', () => socket.write(reply, 'latin1'));
  socket.on('error', () => socket.destroy());
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as net.AddressInfo;
  process.stdout.write(`${JSON.stringify({ event: 'ready', url: `http://127.0.0.1:${port}` })}\n`);
});
process.on('SIGTERM', () => process.exit(0));
