/**
 * S7, S10, S11 and S14 on the real binary: a fixed workload from the first start to the clean stop, in which one system call
 * fails. Whatever it was, the answers must be true: what was acknowledged is there after a restart, what was refused is not.
 */
import { mkdtempDisposableSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { HttpClient } from '../support/http-client.ts';
import { readTrace, type TracedCall, traced } from '../support/sandbox.ts';
import { type Exit, ServerProcess } from '../support/server-process.ts';
import { until } from '../support/until.ts';
import { isLostConnection } from './load.ts';

export type Call = 'mkdir' | 'openat' | 'fsync' | 'pwrite64' | 'rename';

/** How often each call is made by the workload; a test counts them. */
export const callsOfWorkload: Readonly<Record<Call, number>> = {
  mkdir: 1,
  openat: 15,
  fsync: 17,
  pwrite64: 22,
  rename: 6,
};

export interface Fault {
  readonly call: Call;
  /** Counted from 1. */
  readonly nth: number;
  readonly errno: string;
}

/** What a fault must lead to. */
export type End =
  /** The server does not start: exit 74, one line. */
  | 'refused'
  /** Nobody notices. */
  | 'unharmed'
  /** One put is answered 507, and the next ones are not. */
  | 'noRoom'
  /** 500 for the put that was being written, 503 for what follows, exit 74. */
  | 'halted';

const PUTS = 7;
/** Two of them fill a block: the workload seals blocks, and makes new ones. */
const VALUE_BYTES = 3000;
const args = ['--max-block-size', '16 KiB', '--idle-mark-ms', '60000', '--max-blocks', '1000'];

const lastBlank = 'blank-4.tmp';
/** As long as the start makes it, it has a temporary name. */
const firstBlock = '0000000000000001.log';
const filesOpened = [
  firstBlock,
  `${firstBlock}.tmp`,
  'IDENTITY.tmp',
  ...[1, 2, 3, 4].map((count) => `blank-${count}.tmp`),
];

/** One put of the workload and its answer; `undefined`: the connection was lost. */
interface Answer {
  readonly key: string;
  readonly status: number | undefined;
  readonly code: unknown;
}

interface Course {
  readonly hasStarted: boolean;
  readonly answers: readonly Answer[];
  readonly exit: Exit;
  readonly stderr: string;
  readonly trace: readonly TracedCall[];
}

/** Runs the workload with the fault, and rejects where what follows is not right. Says which end it was. */
export async function runWithFault(fault: Fault): Promise<End> {
  const { call, nth, errno } = fault;
  using root = temporaryRoot();
  const course = await runWorkload(root.path, [call], `error=${errno}:when=${nth}`);
  const hit = course.trace.find(({ isInjected }) => isInjected);
  if (!hit) throw new Error(`the workload makes fewer than ${nth} calls of ${call}`);
  const end = expectedEnd(fault, hit, course.trace);
  const wrong = wrongWith(course, end, errno) ?? (await wrongAfterRestart(dataDirOf(root.path), course.answers));
  if (wrong === undefined) return end;
  throw new Error(
    `${wrong}: runWithFault(${JSON.stringify(fault)})\n${hit.line}\n${JSON.stringify({ ...course, end, trace: [] })}`,
  );
}

/** The calls of these kinds that the workload makes when nothing fails, in order. */
export async function traceWorkload(...calls: Call[]): Promise<readonly TracedCall[]> {
  using root = temporaryRoot();
  return (await runWorkload(root.path, calls)).trace;
}

async function runWorkload(root: string, calls: readonly Call[], inject?: string): Promise<Course> {
  const dataDir = dataDirOf(root);
  const log = join(root, 'strace');
  // Node opens files of its own.
  const paths = calls.includes('openat') ? [dataDir, ...filesOpened.map((file) => join(dataDir, file))] : [];
  const sandbox = traced({ log, calls, paths, ...(inject !== undefined && { inject }) });
  await using server = ServerProcess.launch({ dataDir, args, ...sandbox });
  const hasStarted = await server.waitForEvent('ready').then(
    () => true,
    () => false,
  );
  const answers = hasStarted ? await putAll(server) : [];
  const exit = await server.waitForExit();
  return { hasStarted, answers, exit, stderr: server.stderr, trace: readTrace(log) };
}

/** Then stops the server, if it is still there. */
async function putAll(server: ServerProcess): Promise<Answer[]> {
  using client = new HttpClient(server.url);
  const answers: Answer[] = [];
  for (let count = 0; count < PUTS; count += 1) answers.push(await put(client, `key-${count}`));
  // Where a block could not be made, the server tries again by itself, and is ready once it could.
  if (answers.some(({ status }) => status === 507)) {
    await until(() => client.isReady(), 'there is room again');
    answers.push(await put(client, 'key-after'));
  }
  if (answers.every(({ status }) => status === 200 || status === 507)) server.kill('SIGTERM');
  return answers;
}

async function put(client: HttpClient, key: string): Promise<Answer> {
  try {
    const { status, json } = await client.put([{ key, value: key.padEnd(VALUE_BYTES), version: 0 }]);
    return { key, status, code: json.code };
  } catch (error) {
    if (!isLostConnection(error)) throw error;
    return { key, status: undefined, code: undefined };
  }
}

const noRoomErrors = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EMFILE', 'ENFILE'];

function expectedEnd({ call, errno }: Fault, hit: TracedCall, trace: readonly TracedCall[]): End {
  // The first spare block is made when the store is open, and the first put may be written before any of it.
  const firstSpare = trace.findIndex(({ file }) => file === 'blank-1.tmp');
  const isOfPut = call === 'pwrite64' && hit.file === firstBlock;
  const isStarting = !isOfPut && (firstSpare < 0 || trace.indexOf(hit) < firstSpare);
  // The layer below Node repeats such a call.
  if (errno === 'EINTR') return 'unharmed';
  if (isStarting) return 'refused';
  if (!hit.file.startsWith('blank-') || !noRoomErrors.includes(errno)) return 'halted';
  // The block that follows the last put: a full disk does not keep a server from stopping.
  if (hit.file === lastBlank) return 'unharmed';
  // A spare that could not be made ahead of need is made when it is needed; one that cannot be named is given up.
  const isHeader = hit.line.includes(', 4096, 0)');
  return call === 'rename' || isHeader ? 'noRoom' : 'unharmed';
}

/** What was not as it must be, in words. */
function wrongWith({ hasStarted, answers, exit, stderr }: Course, end: End, errno: string): string | undefined {
  const exitCode = end === 'refused' || end === 'halted' ? 74 : 0;
  if (exit.code !== exitCode) return `exit ${exit.code ?? exit.signal} instead of ${exitCode}`;
  if (hasStarted !== (end !== 'refused')) return 'the server should have been refused, or should not';
  // Node has a number only for some errors.
  const shown = `(${errno}|-${constants.errno[errno as keyof typeof constants.errno]})`;
  const line = exitCode === 0 ? /^$/ : new RegExp(`^concave: .*${shown}.*\n$`);
  if (!line.test(stderr)) return `stderr is not as ${line}`;
  const statuses = answers.map(({ status }) => status ?? 'lost').join(' ');
  if (!answersOf[end].test(statuses)) return `the answers are ${statuses}`;
  return undefined;
}

/** Statuses of the puts, in order. In a halt on the way out all puts are answered already. */
const answersOf: Readonly<Record<End, RegExp>> = {
  refused: /^$/,
  unharmed: /^200( 200)*$/,
  noRoom: /^(200 )*507( 200| 507)* 200$/,
  halted: /^(200 )*(200|500( 503| lost)*)$/,
};

async function wrongAfterRestart(dataDir: string, answers: readonly Answer[]): Promise<string | undefined> {
  await using server = await ServerProcess.start({ dataDir, args });
  using client = new HttpClient(server.url);
  for (const { key, status } of answers) {
    const { status: found, json } = await client.get(key);
    if (found === 200 && json.value !== key.padEnd(VALUE_BYTES)) return `${key} has another value`;
    if (status === 200 && found !== 200) return `${key} was acknowledged and is lost`;
    if ((status === 503 || status === 507) && found !== 404) return `${key} was refused and is there`;
  }
  return undefined;
}

function temporaryRoot() {
  return mkdtempDisposableSync(join(tmpdir(), 'concave-calls-'));
}

function dataDirOf(root: string): string {
  return join(root, 'data');
}
