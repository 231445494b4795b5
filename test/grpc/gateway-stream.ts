import type { HeartbeatStreamResponse__Output } from '../../src/gen/phid/v1/HeartbeatStreamResponse.js';
import type { Node } from '../support/node.js';

/** A gateway's end of a HeartbeatStream: what it was answered, and how it ended. */
export function openStream({ client }: Pick<Node, 'client'>) {
  const stream = client.HeartbeatStream();
  const answers: HeartbeatStreamResponse__Output[] = [];
  const end: { error?: string; ended?: boolean } = {};
  stream.on('data', (answer: HeartbeatStreamResponse__Output) => answers.push(answer));
  stream.on('error', (error) => {
    end.error = error.message;
  });
  stream.on('end', () => {
    end.ended = true;
  });
  return { stream, answers, end };
}
