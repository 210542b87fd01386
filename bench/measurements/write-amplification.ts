/** How many bytes reach the disk for each byte of key and value? */
import type { Measurement, Section } from '../measurement.ts';
import type { WrittenBytes, WrittenBytesOptions } from '../programs/written-bytes.ts';
import { runProgram } from '../support/run-program.ts';

interface Data extends WrittenBytes {
  readonly keys: number;
  readonly clients: number;
}

export const writeAmplification: Measurement<Data> = {
  name: 'write-amplification',
  title: 'Bytes written',
  seconds: 45,
  async measure({ directory, size }) {
    const keys = size({ smoke: 1_000, full: 100_000 });
    const clients = size({ smoke: 2, full: 16 });
    const objects = size({ smoke: 2_000, full: 1_000_000 });
    const options: WrittenBytesOptions = { dataDir: `${directory}/data`, objects, keys, clients };
    return { ...(await runProgram<WrittenBytes>('written-bytes', options)), keys, clients };
  },
  report({ objects, userBytes, keys, clients, written }): Section {
    const total = Object.values(written).reduce((sum, bytes) => sum + bytes, 0);
    const entries: [string, number][] = [...Object.entries(written), ['in all', total]];
    const rows = entries.map(([what, bytes]) => [what, (bytes / 1e6).toFixed(1), (bytes / userBytes).toFixed(3)]);
    return {
      about: `${objects.toLocaleString('en')} objects of 36 + 964 characters, uniform over ${keys.toLocaleString('en')} keys, 500 a put, from ${clients} clients at once, at an engine without HTTP. Counted at the file-system contract: records and their frames (\`log\`), zeros up to the next page, headers and footers, zeros that prepare blocks, and all that compaction writes.`,
      tables: [{ columns: ['written', 'MB', 'per byte of key and value'], rows }],
      findings: [
        {
          what: 'bytes written for each byte of key and value, compaction included',
          shown: (total / userBytes).toFixed(2),
          isHeadline: true,
        },
      ],
    };
  },
};
