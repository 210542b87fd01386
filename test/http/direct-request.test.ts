import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type DirectRequest, DirectRequest as Request, requestOf } from '../../src/http/direct-request.ts';

class Heard {
  readonly texts: string[] = [];
  readonly ended = Promise.withResolvers<void>();
  onData = (chunk: Buffer) => void this.texts.push(chunk.toString());
  onEnd = () => {
    this.texts.push('end');
    this.ended.resolve();
  };
}

async function serve(handle: (request: DirectRequest, response: ServerResponse) => void) {
  const server = createServer({ IncomingMessage: Request }, (_request, response) =>
    handle(requestOf(response), response),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = net.connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  await once(client, 'connect');
  let received = '';
  client.on('data', (chunk) => {
    received += chunk;
  });
  return {
    send: (text: string) => client.write(text),
    replies: async (count: number) => {
      while (received.split('HTTP/1.1 200').length - 1 < count) await once(client, 'data');
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const post = (body: string, length = body.length) =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n${body}`;

test('a body reaches its receiver piece by piece, within the turn in which it comes', async () => {
  const heard = new Heard();
  const requests: DirectRequest[] = [];
  await using http = await serve((request, response) => {
    requests.push(request);
    request.receiveBody(heard);
    if (requests.length === 1) heard.ended.promise.then(() => response.end());
  });
  http.send(post('one', 6));
  while (heard.texts.length === 0) await turn();
  expect(heard.texts).toEqual(['one']);
  expect(requests[0]!.readableEnded).toBe(false);
  http.send('two');
  await http.replies(1);
  expect(heard.texts).toEqual(['one', 'two', 'end']);
  expect(requests[0]!.readableEnded).toBe(true);
});

test('a body that came before anybody asked for it is not lost', async () => {
  const heard = new Heard();
  const waiting: [DirectRequest, ServerResponse][] = [];
  await using http = await serve((request, response) => void waiting.push([request, response]));
  http.send(post('early'));
  while (waiting[0]?.[0].complete !== true) await turn();
  const [request, response] = waiting[0]!;
  request.receiveBody(heard);
  await heard.ended.promise;
  expect(heard.texts).toEqual(['early', 'end']);
  response.end();
  await http.replies(1);
  expect(request.readableEnded).toBe(true);
});

test('of a body that came in part before, the rest follows it', async () => {
  const heard = new Heard();
  const waiting: [DirectRequest, ServerResponse][] = [];
  await using http = await serve((request, response) => void waiting.push([request, response]));
  http.send(post('early', 9));
  while ((waiting[0]?.[0].readableLength ?? 0) === 0) await turn();
  const [request, response] = waiting[0]!;
  request.receiveBody(heard);
  http.send('late');
  await heard.ended.promise;
  expect(heard.texts.join(' ')).toBe('early late end');
  response.end();
  await http.replies(1);
});

test.each(['at once', 'with some of it here'])(
  'a body that is dropped %s is not heard of, and the next request is served',
  async (when) => {
    const heard = new Heard();
    const bodies: string[] = [];
    await using http = await serve((request, response) => {
      bodies.push('asked for');
      if (bodies.length > 1)
        request.receiveBody({ onData: (chunk) => bodies.push(`${chunk}`), onEnd: () => response.end() });
      else if (when === 'at once') {
        request.dropBody();
        response.end();
      } else
        request.receiveBody({
          onData: (chunk) => {
            heard.onData(chunk);
            request.dropBody();
            response.end();
          },
          onEnd: heard.onEnd,
        });
    });
    http.send(post('one', 6));
    await http.replies(1);
    http.send(`two${post('three')}`);
    await http.replies(2);
    expect(heard.texts).toEqual(when === 'at once' ? [] : ['one']);
    expect(bodies).toEqual(['asked for', 'asked for', 'three']);
  },
);

test('what nobody asks for is taken off the wire, as with any request', async () => {
  await using http = await serve((_request, response) => response.end());
  http.send(post('x'.repeat(200_000)));
  await http.replies(1);
  http.send(post('y'));
  await http.replies(2);
});

test('a client that goes in the middle of a body ends the request with an error, and not with a body', async () => {
  const heard = new Heard();
  const closed = Promise.withResolvers<DirectRequest>();
  const aborted = Promise.withResolvers<void>();
  {
    await using http = await serve((request) => {
      request.receiveBody(heard);
      request.on('error', () => {});
      request.on('aborted', () => aborted.resolve());
      request.on('close', () => closed.resolve(request));
    });
    http.send(post('one', 6));
    while (heard.texts.length === 0) await turn();
  }
  await aborted.promise;
  const request = await closed.promise;
  expect(request.complete).toBe(false);
  expect(heard.texts).toEqual(['one']);
});
