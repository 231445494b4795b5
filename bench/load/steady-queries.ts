import { PresenceService } from '../../src/grpc/definition.js';
import { Channel } from './channel.js';
import { framed } from './messages.js';

/**
 * Asks IsOnline at a steady rate, whether or not what was asked before is answered. `stop` resolves with the time that
 * each answer took, ms, and rejects when a query failed.
 */
export async function askSteadily(
  address: string,
  { userId, perS }: { readonly userId: string; readonly perS: number },
): Promise<{ stop(): Promise<readonly number[]> }> {
  const channel = await Channel.open(address);
  const request = framed(PresenceService.service.IsOnline.requestSerialize({ userId }));
  const answers: Promise<number>[] = [];
  const ask = () =>
    new Promise<number>((resolve, reject) => {
      const askedMs = performance.now();
      channel.unary('IsOnline', request, (failure) => {
        if (failure === undefined) resolve(performance.now() - askedMs);
        else reject(new Error(`IsOnline: ${failure}`));
      });
    });
  const asking = setInterval(() => {
    const answer = ask();
    // It is looked at when the bench ends.
    answer.catch(() => {});
    answers.push(answer);
  }, 1000 / perS);
  return {
    async stop() {
      clearInterval(asking);
      const answersMs = await Promise.all(answers);
      channel.close();
      return answersMs;
    },
  };
}
