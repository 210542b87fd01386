/**
 * One viewer of the inspector as a process of its own: connects, reads and parses every frame as the page does, and prints a
 * line of JSON with what came when it is told to end.
 *
 *     node viewer.ts 8080
 */
const [port] = process.argv.slice(2);
const socket = new WebSocket(`ws://127.0.0.1:${port}/inspect/live`);
let frames = 0;
let bytes = 0;
let records = 0;
socket.addEventListener('open', () => socket.send('{"type":"open"}'));
socket.addEventListener('message', ({ data }) => {
  const message = JSON.parse(data as string) as { type: string; transactions: unknown[] };
  bytes += (data as string).length;
  if (message.type === 'hello') process.stdout.write('{"event":"watching"}\n');
  if (message.type !== 'frame') return;
  frames += 1;
  records += message.transactions.length;
});
socket.addEventListener('error', () => process.exit(1));
process.on('SIGTERM', () => {
  process.stdout.write(`${JSON.stringify({ event: 'seen', frames, bytes, records })}\n`);
  socket.close();
});
