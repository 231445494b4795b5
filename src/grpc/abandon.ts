import { constants, type ServerHttp2Stream } from 'node:http2';

/**
 * Ends a call whose caller does not read, and drops what waits to be sent: a status would wait behind it, with all of the memory.
 * gRPC makes RESOURCE_EXHAUSTED of it (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md#errors). The library offers
 * no way to the stream of HTTP/2; test/grpc/slow-streams.test.ts notices when it is elsewhere.
 */
export function abandon(call: object): void {
  const { stream } = (call as { readonly call: { readonly stream: ServerHttp2Stream } }).call;
  stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
}
