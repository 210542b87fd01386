import { once } from 'node:events';
import net, { type AddressInfo, Socket } from 'node:net';
import { expect, test } from 'vitest';
import { LazyTimeout } from '../../src/http/lazy-timeout.ts';

/** A socket that had a timeout of 70 ms before. */
function open() {
  const socket = new Socket();
  socket.setTimeout(70);
  return { socket, lazy: new LazyTimeout(socket) };
}

test('what is asked for is not set while something happens', () => {
  const { socket, lazy } = open();
  lazy.look(true);
  expect(socket.timeout).toBe(0);
  socket.setTimeout(30);
  socket.setTimeout(50);
  lazy.look(true);
  expect(socket.timeout).toBe(0);
});

test('it is set once nothing has happened for a while, and taken off again', () => {
  const { socket, lazy } = open();
  lazy.look(true);
  socket.setTimeout(30);
  lazy.look(false);
  expect(socket.timeout).toBe(30);
  socket.setTimeout(50);
  lazy.look(false);
  expect(socket.timeout).toBe(50);
  lazy.look(true);
  expect(socket.timeout).toBe(0);
});

test('what it had before holds until something else is asked for', () => {
  const { socket, lazy } = open();
  lazy.look(false);
  expect(socket.timeout).toBe(70);
  lazy.look(true);
  lazy.look(false);
  expect(socket.timeout).toBe(70);
});

test('in the end it is as if it had not been there', () => {
  const { socket, lazy } = open();
  lazy.look(true);
  socket.setTimeout(30);
  lazy.end();
  expect(socket.timeout).toBe(30);
  socket.setTimeout(0);
  expect(socket.timeout).toBe(0);
});

test('a connection on which nothing happens is cut off in the end', async () => {
  const server = net.createServer((socket) => {
    const lazy = new LazyTimeout(socket);
    socket.on('timeout', () => socket.destroy());
    lazy.look(true);
    socket.setTimeout(20);
    lazy.look(false);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  await once(client, 'close');
  server.close();
});
