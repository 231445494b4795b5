/** A sign of life of a simulated client, as a node gets it. Times in ms of virtual time, from the start of the fleet. */
export interface FleetHeartbeat extends Arrived {
  readonly type: 'heartbeat';
  /** When the client sent it; never after `atMs`. */
  readonly sentMs: number;
  /** Number within the session, from 1; a missing one was lost. */
  readonly sequence: number;
  /** Declared time to the next one; 0: not declared. */
  readonly declaredMs: number;
  readonly activity: 'ACTIVE' | 'BACKGROUND';
}

/** A session that ends gracefully. */
export interface FleetLeave extends Arrived {
  readonly type: 'leave';
}

interface Arrived {
  /** When it arrives at the node. */
  readonly atMs: number;
  /** Device or interface: its sessions follow one another; those of two devices of one user may overlap. */
  readonly device: string;
  readonly sessionId: string;
}

/** What one client does. */
export type ClientEvent = FleetHeartbeat | FleetLeave;

/** What a client of a fleet does: whose it is, and the gateway that it comes through. */
export type FleetEvent = ClientEvent & { readonly userId: string; readonly origin: string };
