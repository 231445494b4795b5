import { credentials, type ServiceError } from '@grpc/grpc-js';
import type { GetFleetResponse__Output } from '../../src/gen/phid/v1/GetFleetResponse.js';
import type { GetQualityRequest } from '../../src/gen/phid/v1/GetQualityRequest.js';
import type { GetQualityResponse__Output } from '../../src/gen/phid/v1/GetQualityResponse.js';
import type { InspectUserResponse__Output } from '../../src/gen/phid/v1/InspectUserResponse.js';
import type { ListNamespacesResponse__Output } from '../../src/gen/phid/v1/ListNamespacesResponse.js';
import type { ListSuspectsResponse__Output } from '../../src/gen/phid/v1/ListSuspectsResponse.js';
import type { SetThresholdsRequest } from '../../src/gen/phid/v1/SetThresholdsRequest.js';
import type { SetThresholdsResponse__Output } from '../../src/gen/phid/v1/SetThresholdsResponse.js';
import { TuningService } from '../../src/grpc/definition.js';
import type { Node } from './node.js';

/** A real client of a node's TuningService. */
export class TuningClient {
  readonly #client: InstanceType<typeof TuningService>;

  constructor({ service }: Node) {
    this.#client = new TuningService(`127.0.0.1:${service.grpcPort}`, credentials.createInsecure());
  }

  list(): Promise<ListNamespacesResponse__Output> {
    return answer((done) => this.#client.listNamespaces({}, done));
  }

  quality(request: GetQualityRequest = {}): Promise<GetQualityResponse__Output> {
    return answer((done) => this.#client.getQuality(request, done));
  }

  set(request: SetThresholdsRequest): Promise<SetThresholdsResponse__Output> {
    return answer((done) => this.#client.setThresholds({ author: 'alice', ...request }, done));
  }

  fleet(): Promise<GetFleetResponse__Output> {
    return answer((done) => this.#client.getFleet({}, done));
  }

  inspect(userId: string): Promise<InspectUserResponse__Output> {
    return answer((done) => this.#client.inspectUser({ userId }, done));
  }

  /** Ids of the suspects, as they are listed. */
  async suspects(limit = 0): Promise<string[]> {
    const { suspicions } = await answer<ListSuspectsResponse__Output>((done) =>
      this.#client.listSuspects({ limit }, done),
    );
    return suspicions.map(({ userId }) => userId);
  }

  /** How a SetThresholds fails: its code and details as text, or 'OK'. */
  outcome(request: SetThresholdsRequest): Promise<string> {
    return this.set(request).then(
      () => 'OK',
      (error: ServiceError) => error.message,
    );
  }

  close(): void {
    this.#client.close();
  }
}

function answer<T>(call: (done: (error: ServiceError | null, response?: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, response) => (error ? reject(error) : resolve(response as T)));
  });
}
