// Builds src/detector/prior.ts, the survival tables that a fleet starts from:  npm run prior -- SOURCE...
// A source is a recorded trace or a synthetic fleet, as `phid replay` takes them; provenance of the ones committed is in
// the file itself.
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { SurvivalTable } from '../src/detector/survival-table.js';
import { priorOf } from '../src/quality/prior-tables.js';
import { arrivalSource } from '../src/quality/source.js';

const OUT = 'src/detector/prior.ts';
const names = process.argv.slice(2);
if (names.length === 0) {
  console.error('usage: npm run prior -- SOURCE...');
  process.exit(2);
}
const { tables, users, heartbeats } = await priorOf(names.map(arrivalSource));
const list = ({ zs }: SurvivalTable) => Array.from(zs, (z) => Number(z.toPrecision(5))).join(', ');
writeFileSync(
  OUT,
  `// Made by \`npm run prior -- ${names.map((name) => basename(name)).join(' ')}\`; not to be edited.
//
// Sources: mobile-ping-drive, pings over three US mobile carriers while driving (NUWiNS/pam2025-multi-carrier-dataset,
// CC0-1.0); vehicle-5g-echo, vehicles to the cloud and back over 5G (zxr805/CICV5G, doi 10.5281/zenodo.17475688,
// CC BY 4.0); and the synthetic fleets of src/fleet. Only what follows was taken from them: z at each eighth of a decade,
// every user counting the same.
import type { SurvivalTables } from './adaptive.js';
import { SurvivalTable } from './survival-table.js';

/** What a fleet is taken for until its own heartbeats say more: ${users} users, ${Math.round(heartbeats)} heartbeats. */
export const priorTables: SurvivalTables = {
  plain: new SurvivalTable([${list(tables.plain)}]),
  lattice: new SurvivalTable([${list(tables.lattice)}]),
};
`,
);
console.log(
  `${OUT} written, from ${users} users and ${Math.round(heartbeats)} heartbeats; format it with npm run format`,
);
