import { logisticTail, normalTail } from '../../src/detector/survival.js';

/** Arrivals of one user, session by session. */
export interface Past {
  readonly sessions: readonly (readonly { readonly atMs: number; readonly sequence: number | undefined }[])[];
}

/** Deadline after the last arrival for a parameter, told from everything that happened, without any state. */
type Naive = (past: Past, parameter: number, intervalMs: number) => number;

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const stdDev = (values: readonly number[]) => {
  const center = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - center) ** 2)));
};

function gapsOf({ sessions }: Past): number[] {
  return sessions.flatMap((session) =>
    session.slice(1).map(({ atMs }, i) => atMs - (session[i] as { atMs: number }).atMs),
  );
}

/** Arrivals of a session that raised the number; where there are none, they are counted. */
function inOrder(session: Past['sessions'][number]): { atMs: number; sequence: number }[] {
  let largest = Number.NEGATIVE_INFINITY;
  return session.flatMap(({ atMs, sequence }, i) => {
    const number = sequence ?? i;
    if (number <= largest) return [];
    largest = number;
    return [{ atMs, sequence: number }];
  });
}

function etaMs({ sessions }: Past, n: number, intervalMs: number): number {
  const steps = sessions.flatMap((session) => {
    const arrivals = inOrder(session);
    return arrivals.slice(1).map(({ atMs, sequence }, i) => {
      const before = arrivals[i] as { atMs: number; sequence: number };
      return [atMs - before.atMs, sequence - before.sequence] as const;
    });
  });
  const last = steps.slice(-n);
  if (last.length === 0) return intervalMs;
  return mean(last.map(([ms]) => ms)) / mean(last.map(([, numbers]) => numbers));
}

/** NFD-E's expected arrival of a number. */
function expectedMs(past: Past, { n, eta, sequence }: { n: number; eta: number; sequence: number }): number {
  const arrivals = inOrder(past.sessions.at(-1) ?? []).slice(-n);
  return mean(arrivals.map((arrival) => arrival.atMs - eta * arrival.sequence)) + eta * sequence;
}

function nextNumber(past: Past): number {
  return (inOrder(past.sessions.at(-1) ?? []).at(-1)?.sequence ?? 0) + 1;
}

function nowMs({ sessions }: Past): number {
  return sessions.at(-1)?.at(-1)?.atMs ?? 0;
}

const chen = (windows: readonly number[]): Naive => {
  return (past, alpha, intervalMs) => {
    const eta = etaMs(past, Math.max(...windows), intervalMs);
    const expected = windows.map((n) => expectedMs(past, { n, eta, sequence: nextNumber(past) }));
    return Math.max(...expected) + alpha * intervalMs - nowMs(past);
  };
};

const bertier: Naive = (past, phi, intervalMs) => {
  let delay = 0;
  let deviation = 0;
  const before: Past['sessions'][number][] = [];
  for (const session of past.sessions) {
    for (let i = 1; i < session.length; i++) {
      const sofar = { sessions: [...before, session.slice(0, i)] };
      const { atMs, sequence = i } = session[i] as { atMs: number; sequence: number | undefined };
      if (sequence < nextNumber(sofar)) continue;
      const eta = etaMs(sofar, 1000, intervalMs);
      const error = atMs - expectedMs(sofar, { n: 1000, eta, sequence }) - delay;
      delay += 0.1 * error;
      deviation += 0.1 * (Math.abs(error) - deviation);
    }
    before.push(session);
  }
  const eta = etaMs(past, 1000, intervalMs);
  const expected = expectedMs(past, { n: 1000, eta, sequence: nextNumber(past) });
  return expected + delay + phi * deviation - nowMs(past);
};

const phi = (window: number, floor: number): Naive => {
  return (past, threshold, intervalMs) => {
    const gaps = gapsOf(past).slice(-window);
    if (gaps.length === 0) return intervalMs * (1 + normalTail.z(threshold) / 4);
    return mean(gaps) + Math.max(stdDev(gaps), floor * intervalMs) * normalTail.z(threshold);
  };
};

const akka = (pause: number): Naive => {
  return (past, threshold, intervalMs) => {
    const history = [0.75 * intervalMs, 1.25 * intervalMs];
    const deadline = () =>
      mean(history) +
      pause * intervalMs +
      Math.max(stdDev(history), 0.1 * intervalMs) * logisticTail.z(threshold);
    for (const gap of gapsOf(past)) {
      if (gap >= deadline()) continue;
      history.push(gap);
      if (history.length > 1000) history.shift();
    }
    return deadline();
  };
};

const cassandra: Naive = (past, threshold, intervalMs) => {
  const gaps = [2 * intervalMs, ...gapsOf(past).filter((gap) => gap <= 2 * intervalMs)];
  return threshold * Math.LN10 * mean(gaps.slice(-1000));
};

const satzger = (alpha: number): Naive => {
  return (past, threshold, intervalMs) => {
    const gaps = gapsOf(past)
      .slice(-1000)
      .sort((a, b) => a - b);
    const n = gaps.length;
    if (n === 0) return intervalMs;
    const longest = gaps[n - 1] as number;
    const beyond = threshold - Math.log10(n + 1);
    if (beyond >= 0) return alpha * longest * (1 + beyond);
    const rank = (n + 1) * (1 - 10 ** -threshold);
    const ranked = [0, ...gaps, longest];
    const lower = ranked[Math.floor(rank)] as number;
    const upper = ranked[Math.floor(rank) + 1] as number;
    return alpha * (lower + (rank % 1) * (upper - lower));
  };
};

/** By `family config`. */
export const naiveDetectors: Readonly<Record<string, Naive>> = {
  'fixed timeout': (_, timeout, intervalMs) => timeout * intervalMs,
  'chen n=100': chen([100]),
  'chen n=1000': chen([1000]),
  'bertier n=1000': bertier,
  'phi W=100 floor=0.01': phi(100, 0.01),
  'phi W=100 floor=0.1': phi(100, 0.1),
  'phi W=1000 floor=0.01': phi(1000, 0.01),
  'phi W=1000 floor=0.1': phi(1000, 0.1),
  'akka pause=0': akka(0),
  'akka pause=0.5': akka(0.5),
  'cassandra W=1000': cassandra,
  'satzger alpha=1': satzger(1),
  'satzger alpha=1.5': satzger(1.5),
  '2w n=1,1000': chen([1, 1000]),
};
