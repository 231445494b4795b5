import { type Arrival, ArrivalFlag } from '../../detector/arrival.js';

/** What became of the heartbeats of a namespace. Plain numbers: the hot path counts, /metrics reads. */
export class IngestCounts {
  recorded = 0;
  firstSeen = 0;
  late = 0;
  duplicate = 0;
  burst = 0;
  stale = 0;
  displacing = 0;
  lost = 0;
  failed = 0;
  rejected = 0;
  refused = 0;

  add({ flags, lost }: Arrival): void {
    if (flags & ArrivalFlag.UNREADABLE) {
      this.failed += 1;
      return;
    }
    if (flags & ArrivalFlag.REFUSED) {
      this.refused += 1;
      return;
    }
    this.recorded += 1;
    this.lost += lost;
    if (flags === 0) return;
    if (flags & ArrivalFlag.FIRST_SEEN) this.firstSeen += 1;
    if (flags & ArrivalFlag.LATE) this.late += 1;
    if (flags & ArrivalFlag.DUPLICATE) this.duplicate += 1;
    if (flags & ArrivalFlag.BURST) this.burst += 1;
    if (flags & ArrivalFlag.STALE) this.stale += 1;
    if (flags & ArrivalFlag.DISPLACING) this.displacing += 1;
  }
}
