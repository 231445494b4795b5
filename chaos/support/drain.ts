import { credentials } from '@grpc/grpc-js';
import { TuningService } from '../../src/grpc/definition.js';

const DEADLINE_MS = 2_000;

/** Says to a node that an origin will be silent for a while, as `phid drain` does. 0 ms: no longer. */
export async function drain(address: string, origin: string, graceMs: number): Promise<void> {
  const client = new TuningService(address, credentials.createInsecure());
  try {
    await new Promise<void>((resolve, reject) => {
      const deadline = Date.now() + DEADLINE_MS;
      client.drain({ origin, graceMs }, { deadline }, (error) => (error ? reject(error) : resolve()));
    });
  } finally {
    client.close();
  }
}
