import type { ReceivedHeartbeat } from '../../src/store/store.js';

/** A heartbeat of alice's phone, received at the origin of time, but for what is said otherwise. */
export function received(overrides: Partial<ReceivedHeartbeat> = {}): ReceivedHeartbeat {
  return {
    userId: 'alice',
    sessionId: 'phone',
    sequence: 0,
    declaredMs: 0,
    activity: 0,
    origin: '',
    receivedMs: 0,
    ...overrides,
  };
}
