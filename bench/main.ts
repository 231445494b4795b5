import { parseArgs } from 'node:util';
import { crossing } from './crossing.js';

/** Every measurement: `npm run bench -- NAME [--json]`. What each one asks is in bench/README.md. */
const benches: Readonly<Record<string, () => Promise<BenchResult>>> = { crossing };

export interface BenchResult {
  /** What was measured, by name, in the unit that ends the name. */
  readonly figures: Readonly<Record<string, number>>;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } });
const [name = ''] = positionals;
const bench = benches[name];
if (!bench) {
  console.error(`usage: npm run bench -- NAME [--json]; NAME is one of: ${Object.keys(benches).join(', ')}`);
  process.exit(2);
}
const { figures } = await bench();
if (values.json) console.log(JSON.stringify({ bench: name, node: process.version, figures }));
else
  console.table(
    Object.entries(figures).map(([figure, value]) => ({ figure, value: Number(value.toFixed(3)) })),
  );
