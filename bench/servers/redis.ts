/** The few commands of Redis that are asked once, and not measured. */
import net from 'node:net';
import { redisReplyLength, redisText } from '../load/redis-text.ts';

/** The text of the reply, without its frame. Throws where it is an error. */
export function askRedis(port: number, ...words: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const socket = net.connect({ port, host: '127.0.0.1' }, () => socket.write(redisText(...words), 'latin1'));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('Redis closed the connection')));
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const length = redisReplyLength(bytes);
      if (length === undefined || bytes.length < length) return;
      socket.destroy();
      const reply = bytes.toString('latin1', 0, length);
      if (reply.startsWith('-')) reject(new Error(reply));
      else resolve(reply.startsWith('$') ? reply.slice(reply.indexOf('\r\n') + 2, -2) : reply.slice(1, -2));
    });
  });
}

/** Answers by what `EVALSHA` calls it. */
export function loadScript(port: number, script: string): Promise<string> {
  return askRedis(port, 'SCRIPT', 'LOAD', script);
}

/** Bytes that it has allocated. */
export async function redisMemoryBytes(port: number): Promise<number> {
  const info = await askRedis(port, 'INFO', 'memory');
  return Number(/^used_memory:(\d+)/m.exec(info)![1]);
}
