import { expect, it } from 'vitest';
import { tagOf, WIRE, WireReader } from '../../src/grpc/wire-reader.js';
import { WireWriter } from '../../src/grpc/wire-writer.js';

const TEXT = tagOf(1, WIRE.bytes);

/** Its buffer holds 64 KiB at first: 150 kB of strings of one length make it grow twice, in the middle of whatever it writes. */
it.each([1, 2, 7, 15, 16, 31, 33, 63, 64, 65, 127, 300, 20_000, 150_000])(
  'the writer grows with strings of %d characters, and loses nothing',
  (length) => {
    const writer = new WireWriter();
    const texts = Array.from({ length: Math.ceil(150_000 / (length + 2)) }, (_, i) =>
      String(i % 10).repeat(length),
    );
    for (const last of ['x', 'ü']) {
      const written = writer.message(() => {
        for (const text of texts) writer.string(TEXT, text.slice(1) + last);
      });
      const reader = new WireReader(written);
      const read: string[] = [];
      const tags = new Set<number>();
      while (reader.at < reader.end) {
        tags.add(reader.uint32());
        read.push(reader.string());
      }
      expect([...tags]).toEqual([TEXT]);
      expect(read.reverse().join()).toBe(texts.map((text) => text.slice(1) + last).join());
    }
  },
);
