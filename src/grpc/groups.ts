import { validId } from '../api/ids.js';
import type { AddToGroupRequest__Output } from '../gen/phid/v1/AddToGroupRequest.js';
import type { AddToGroupResponse } from '../gen/phid/v1/AddToGroupResponse.js';
import type { ListGroupRequest__Output } from '../gen/phid/v1/ListGroupRequest.js';
import type { RemoveFromGroupRequest__Output } from '../gen/phid/v1/RemoveFromGroupRequest.js';
import type { RemoveFromGroupResponse } from '../gen/phid/v1/RemoveFromGroupResponse.js';
import type { MembersAssessed } from '../presence/groups.js';
import type { RpcContext } from './context.js';
import { validPageToken } from './page-token.js';
import { validBatch, validPageSize } from './validation.js';

export async function addToGroup(
  { presence }: RpcContext,
  { namespace: name, groupId, userIds }: AddToGroupRequest__Output,
): Promise<AddToGroupResponse> {
  const namespace = presence.namespaces.get(name);
  const { size, version } = await presence.groups.add(
    namespace,
    validId('group_id', groupId),
    validBatch(userIds),
  );
  return { size, version };
}

export async function removeFromGroup(
  { presence }: RpcContext,
  { namespace: name, groupId, userIds }: RemoveFromGroupRequest__Output,
): Promise<RemoveFromGroupResponse> {
  const namespace = presence.namespaces.get(name);
  const { size, version } = await presence.groups.remove(
    namespace,
    validId('group_id', groupId),
    validBatch(userIds),
  );
  return { size, version };
}

export async function listGroup(
  { presence }: RpcContext,
  { namespace: name, groupId, pageSize, pageToken }: ListGroupRequest__Output,
): Promise<MembersAssessed> {
  const namespace = presence.namespaces.get(name);
  return presence.groups.list(namespace, validId('group_id', groupId), {
    after: validPageToken(pageToken),
    usersMax: validPageSize(pageSize),
  });
}
