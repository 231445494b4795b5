import fc from 'fast-check';
import { expect, it } from 'vitest';
import { MessageFraming } from '../../src/grpc/guard/message-framing.js';

it('knows after each piece, however messages are cut, how much of an unfinished one there is', () => {
  const lengths = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 8 });
  fc.assert(
    fc.property(lengths, fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1 }), (messages, cuts) => {
      const bytes = Buffer.concat(
        messages.map((length) => {
          const message = Buffer.alloc(5 + length, 0xff);
          message.writeUInt32BE(length, 1);
          return message;
        }),
      );
      const ends = messages.map((_, i) =>
        messages.slice(0, i + 1).reduce((sum, length) => sum + 5 + length, 0),
      );
      const framing = new MessageFraming();
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const to = at + (cuts[i % cuts.length] as number);
        const hasEnded = framing.take(bytes.subarray(at, to));
        const end = Math.min(to, bytes.length);
        expect(framing.unfinishedBytes).toBe(end - Math.max(0, ...ends.filter((one) => one <= end)));
        expect(hasEnded).toBe(ends.some((one) => one > at && one <= end));
        at = to;
      }
    }),
  );
});
