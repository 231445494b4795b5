/** What a threshold costs, as GetQuality says it. */
export interface Costs {
  readonly phi: number;
  readonly falseAlarmsPerUserDay: number;
  readonly flapsPerHour: number;
  readonly detectionMeanMs: number;
  readonly detectionP99Ms: number;
  readonly extrapolated: boolean;
}

/** What any threshold costs, by the candidates of which it is known, ascending: between them on a logarithmic scale. */
export class CostCurve {
  readonly candidates: readonly Costs[];

  constructor(candidates: readonly Costs[]) {
    this.candidates = candidates;
  }

  /** Beyond the last candidate φ is taken at its word, and detection takes as long as there. */
  at(phi: number): Costs {
    const above = this.candidates.findIndex((candidate) => candidate.phi >= phi);
    const high = this.candidates.at(above) as Costs;
    if (high.phi === phi || above === 0) return { ...high, phi };
    if (above < 0) {
      const share = 10 ** (high.phi - phi);
      const falseAlarmsPerUserDay = high.falseAlarmsPerUserDay * share;
      return {
        ...high,
        phi,
        falseAlarmsPerUserDay,
        flapsPerHour: high.flapsPerHour * share,
        extrapolated: true,
      };
    }
    const low = this.candidates[above - 1] as Costs;
    const share = (phi - low.phi) / (high.phi - low.phi);
    const between = (a: number, b: number) =>
      a > 0 && b > 0 ? a ** (1 - share) * b ** share : a + share * (b - a);
    return {
      phi,
      falseAlarmsPerUserDay: between(low.falseAlarmsPerUserDay, high.falseAlarmsPerUserDay),
      flapsPerHour: between(low.flapsPerHour, high.flapsPerHour),
      detectionMeanMs: between(low.detectionMeanMs, high.detectionMeanMs),
      detectionP99Ms: between(low.detectionP99Ms, high.detectionP99Ms),
      extrapolated: high.extrapolated,
    };
  }
}
