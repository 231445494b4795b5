/** Where an attacker finds phid, and what it is given to attack with. */
export interface Target {
  /** host:port. */
  readonly grpc: string;
  readonly http: string;
  /** Who vouches for phid's certificate, PEM. */
  readonly ca: string;
  /** Of a caller who may record, ask and watch. Most attackers do without. */
  readonly token: string;
  /** The port of gRPC with all of that, for `connect` (rpc.ts). */
  readonly url: string;
}

/** How hard: numbers of the attack's own. */
export type Strength = Readonly<Record<string, number>>;

/** What it has done so far; it goes on counting. */
export type Counts = Record<string, number>;

/** Begins to attack, and goes on until its process is killed. */
export type Attack = (target: Target, strength: Strength) => Counts;
