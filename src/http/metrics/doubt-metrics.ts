import { endUs } from '../../presence/doubt/hold.js';
import type { Presence } from '../../presence/presence.js';
import type { Declarations } from './declarations.js';

/** What speaks against the observer. */
export function declareDoubt(declare: Declarations, { doubt, namespaces, store }: Presence): void {
  const { blindTimes, peers, stalls } = doubt;
  declare.counter(
    'phid_blind_seconds_total',
    'Time in which this node stood still or was without its store; nobody was suspected for it.',
    () => blindTimes.counts.blindMs / 1000,
  );
  declare.counter('phid_blind_times_total', 'Times that it was.', () => blindTimes.counts.times);
  declare.counter(
    'phid_blind_merged_total',
    'Of these, those that became part of another because the store could not be told for long.',
    () => blindTimes.counts.merged,
  );
  declare.counter('phid_stalls_total', 'Times that this process stood still.', () => stalls.counts.stalls);
  declare.counter(
    'phid_late_readings_total',
    'Users judged as of before, because heartbeats received since were not recorded yet.',
    () => doubt.counts.lateReadings,
  );
  declare.gauge('phid_peers', 'Other nodes on the same store.', () => peers.counts.peers, 'max');
  declare.gauge(
    'phid_peers_silent',
    'Of these, those that have given no sign of life for three seconds: OFFLINE is withheld from those they heard.',
    () => peers.counts.silent,
    'max',
  );
  declare.counters(
    'phid_mass_silence_total',
    'Times that this node found many users of an origin silent at once.',
    function* () {
      for (const { name: namespace, massSilence } of namespaces.all()) {
        yield [{ namespace }, massSilence.counts.trips];
      }
    },
  );
  declare.counters(
    'phid_mass_silence_refuted_total',
    'Times that it missed many, and the store knew that they had been heard by other nodes.',
    function* () {
      for (const { name: namespace, massSilence } of namespaces.all()) {
        yield [{ namespace }, massSilence.origins.counts.refuted];
      }
    },
  );
  declare.counters(
    'phid_mass_silence_uncounted_total',
    'Heartbeats of origins beyond the 1,000 of a namespace that are counted; those are not protected.',
    function* () {
      for (const { name: namespace, massSilence } of namespaces.all()) {
        yield [{ namespace }, massSilence.origins.counts.uncounted];
      }
    },
  );
  declare.gauges(
    'phid_holds',
    'Origins of which statuses are withheld now, by cause: silence of many, or a drain.',
    function* () {
      const nowUs = store.clocks()?.nowUs ?? 0;
      for (const { name: namespace, massSilence } of namespaces.all()) {
        for (const cause of ['silence', 'drain'] as const) {
          const holds = massSilence.holds.filter((hold) => hold.cause === cause && nowUs < endUs(hold));
          yield [{ namespace, cause }, holds.length];
        }
      }
    },
    'max',
  );
}
