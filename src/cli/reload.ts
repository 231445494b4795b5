import type { Logger } from 'pino';
import { type Loaded, loadConfig, type Sources } from '../config/load.js';
import { ConfigError, describeProblem } from '../config/problem.js';
import { needingRestart } from '../config/restart.js';
import type { Presence } from '../presence/presence.js';

/** SIGHUP: takes over thresholds, and says what it does not take over. A wrong file changes nothing. */
export function reload(
  presence: Presence,
  { sources, started, log }: { readonly sources: Sources; readonly started: Loaded; readonly log: Logger },
): void {
  let next: Loaded;
  try {
    next = loadConfig(sources);
  } catch (error) {
    // Whatever it is, it is no reason for a running server to end.
    const problems = error instanceof ConfigError ? error.problems.map(describeProblem) : [String(error)];
    log.error({ problems }, `SIGHUP: the settings stay as they were: ${problems.join('; ')}`);
    return;
  }
  // The presence itself says what the new thresholds mean.
  const changed = presence.reloadThresholds(next.settings.namespaces);
  for (const name of changed) {
    const isSet = presence.namespaces.get(name).tuning.set !== undefined;
    const wins = isSet ? ', and hold when those are cleared that were set at run time' : '';
    log.info({ namespace: name }, `SIGHUP: the thresholds of ${name} were taken over${wins}`);
  }
  const ignored = needingRestart(started.entries, next.entries);
  for (const line of ignored) log.warn({}, `SIGHUP: needs a restart, not taken over: ${line}`);
  if (changed.length + ignored.length === 0) log.info({}, 'SIGHUP: nothing has changed');
}
