import { parseArgs } from 'node:util';
import { crossing } from './crossing.js';
import { record } from './record.js';
import { replay } from './replay.js';

/** Every measurement: `npm run bench -- NAME [--json]`. What each one asks is in bench/README.md. */
const benches: Readonly<Record<string, (options: BenchOptions) => Promise<BenchResult>>> = {
  crossing,
  record,
  replay,
};

export interface BenchOptions {
  /** `replay` only: length of the trace. */
  readonly heartbeats?: number;
}

export interface BenchResult {
  /** What was measured, by name, in the unit that ends the name. */
  readonly figures: Readonly<Record<string, number>>;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, heartbeats: { type: 'string' } },
});
const [name = ''] = positionals;
const bench = benches[name];
if (!bench) {
  console.error(
    `usage: npm run bench -- NAME [--json] [--heartbeats N]; NAME is one of: ${Object.keys(benches).join(', ')}`,
  );
  process.exit(2);
}
const heartbeats = values.heartbeats === undefined ? undefined : Number(values.heartbeats);
if (heartbeats !== undefined && !(Number.isSafeInteger(heartbeats) && heartbeats > 0)) {
  console.error(`--heartbeats: ${JSON.stringify(values.heartbeats)} is not a whole number from 1`);
  process.exit(2);
}
const { figures } = await bench(heartbeats === undefined ? {} : { heartbeats });
if (values.json) console.log(JSON.stringify({ bench: name, node: process.version, figures }));
else
  console.table(
    Object.entries(figures).map(([figure, value]) => ({ figure, value: Number(value.toFixed(3)) })),
  );
