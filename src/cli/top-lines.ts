import type { NamespaceFigures, NodeFigures } from './node-figures.js';
import { count, durationText, inColourOf, phiText, printable, table } from './text.js';

const HEADER = [
  'NAMESPACE',
  'BEATS/S',
  'LIVE',
  'ONLINE',
  'SUSPECT',
  'OFFLINE',
  'φ',
  'φ 1-4 ARE',
  'MISTAKES',
  'EXPECTED',
  'DETECTION',
  'WITHHELD',
];

/** The figures of a node for people; no line is wider than `columns` - 1. */
export function topLines(addr: string, figures: NodeFigures, columns: number): string[] {
  const rows = [HEADER, ...figures.namespaces.map(rowOf)];
  const lines = [...nodeLines(addr, figures), '', ...table(rows)];
  const cut = lines.map((line) => line.slice(0, columns - 1));
  // Only the first may be in colour, and is cut before.
  return [
    stateOf(figures) === 'ONLINE' ? (cut[0] as string) : inColourOf(stateOf(figures), cut[0] as string),
    ...cut.slice(1),
  ];
}

/** How the node is, in the colours of statuses. */
function stateOf({ isStoreReady, isDegraded }: NodeFigures): 'ONLINE' | 'SUSPECT' | 'OFFLINE' {
  if (!isStoreReady) return 'OFFLINE';
  return isDegraded ? 'SUSPECT' : 'ONLINE';
}

function nodeLines(addr: string, figures: NodeFigures): string[] {
  const { version, uptimeSeconds, cpuCores, memoryBytes, queues, peers, silentPeers } = figures;
  const state = {
    ONLINE: 'well',
    SUSPECT: 'DEGRADED: changes may be missed',
    OFFLINE: 'THE STORE CANNOT BE REACHED',
  };
  const uptime = uptimeSeconds === null ? '' : `up ${durationText(1000 * uptimeSeconds)}  `;
  const filled = queues.map(({ name, used, limit }) => `${name} ${number(used)} of ${number(limit)}`);
  const others =
    silentPeers > 0 ? `${count(peers, 'other node')}, ${silentPeers} silent` : count(peers, 'other node');
  return [
    `phid ${version} on ${addr}  ${uptime}${state[stateOf(figures)]}`,
    [
      `${number(figures.heartbeatsPerSecond)} heartbeats/s`,
      `${number(figures.callsPerSecond)} calls/s`,
      `${number(figures.changesPerSecond)} changes/s`,
      `CPU ${Math.round(100 * cpuCores)}%`,
      `memory ${number(memoryBytes / 2 ** 20)} MiB`,
      others,
    ].join('  '),
    [...filled, `lagging ${number(figures.laggingStreams)}`].join('  '),
    [
      `p99: recorded ${upTo(figures.recordedP99Seconds)}`,
      `crossing told late ${upTo(figures.crossingLateP99Seconds)}`,
      `Redis ${upTo(figures.redisP99Seconds)}`,
      `failed calls ${number(figures.redisFailures)}`,
      `blind ${durationText(1000 * figures.blindSeconds)}`,
      count(figures.stalls, 'stall'),
    ].join('  '),
  ];
}

function rowOf(figures: NamespaceFigures): string[] {
  const { watches, thresholdPhi, mistakes, mistakesExpected, detectionSeconds, massSilences, drains } =
    figures;
  const withheld = [
    ...(massSilences > 0 ? [`silent origins: ${massSilences}`] : []),
    ...(drains > 0 ? [`drained: ${drains}`] : []),
  ];
  return [
    printable(figures.namespace),
    number(figures.heartbeatsPerSecond),
    number(figures.liveUsers),
    number(watches.online),
    number(watches.suspect),
    number(watches.offline),
    pair(thresholdPhi, phiText),
    figures.deliveredPhi.map((phi) => phi?.toFixed(1) ?? '-').join(' '),
    pair(mistakes, number),
    pair(mistakesExpected, number),
    pair(detectionSeconds, (seconds) => durationText(1000 * seconds)),
    withheld.join(', ') || '-',
  ];
}

function pair(
  { suspect, offline }: { readonly suspect: number; readonly offline: number },
  text: (value: number) => string,
): string {
  return `${text(suspect)}, ${text(offline)}`;
}

/** Three digits, or whole: `0.042`, `8.31`, `1,204`. */
function number(value: number): string {
  return value.toLocaleString(
    'en',
    value >= 100 || value === 0 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 },
  );
}

function upTo(seconds: number | null): string {
  if (seconds === null) return '-';
  return Number.isFinite(seconds) ? `<= ${durationText(1000 * seconds)}` : 'longer than is counted';
}
