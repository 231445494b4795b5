// Original file: proto/phid/v1/presence.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { AddToGroupRequest as _phid_v1_AddToGroupRequest, AddToGroupRequest__Output as _phid_v1_AddToGroupRequest__Output } from '../../phid/v1/AddToGroupRequest.js';
import type { AddToGroupResponse as _phid_v1_AddToGroupResponse, AddToGroupResponse__Output as _phid_v1_AddToGroupResponse__Output } from '../../phid/v1/AddToGroupResponse.js';
import type { BatchSuspicionRequest as _phid_v1_BatchSuspicionRequest, BatchSuspicionRequest__Output as _phid_v1_BatchSuspicionRequest__Output } from '../../phid/v1/BatchSuspicionRequest.js';
import type { BatchSuspicionResponse as _phid_v1_BatchSuspicionResponse, BatchSuspicionResponse__Output as _phid_v1_BatchSuspicionResponse__Output } from '../../phid/v1/BatchSuspicionResponse.js';
import type { HeartbeatRequest as _phid_v1_HeartbeatRequest, HeartbeatRequest__Output as _phid_v1_HeartbeatRequest__Output } from '../../phid/v1/HeartbeatRequest.js';
import type { HeartbeatResponse as _phid_v1_HeartbeatResponse, HeartbeatResponse__Output as _phid_v1_HeartbeatResponse__Output } from '../../phid/v1/HeartbeatResponse.js';
import type { HeartbeatStreamRequest as _phid_v1_HeartbeatStreamRequest, HeartbeatStreamRequest__Output as _phid_v1_HeartbeatStreamRequest__Output } from '../../phid/v1/HeartbeatStreamRequest.js';
import type { HeartbeatStreamResponse as _phid_v1_HeartbeatStreamResponse, HeartbeatStreamResponse__Output as _phid_v1_HeartbeatStreamResponse__Output } from '../../phid/v1/HeartbeatStreamResponse.js';
import type { IsOnlineRequest as _phid_v1_IsOnlineRequest, IsOnlineRequest__Output as _phid_v1_IsOnlineRequest__Output } from '../../phid/v1/IsOnlineRequest.js';
import type { IsOnlineResponse as _phid_v1_IsOnlineResponse, IsOnlineResponse__Output as _phid_v1_IsOnlineResponse__Output } from '../../phid/v1/IsOnlineResponse.js';
import type { LeaveRequest as _phid_v1_LeaveRequest, LeaveRequest__Output as _phid_v1_LeaveRequest__Output } from '../../phid/v1/LeaveRequest.js';
import type { LeaveResponse as _phid_v1_LeaveResponse, LeaveResponse__Output as _phid_v1_LeaveResponse__Output } from '../../phid/v1/LeaveResponse.js';
import type { ListGroupRequest as _phid_v1_ListGroupRequest, ListGroupRequest__Output as _phid_v1_ListGroupRequest__Output } from '../../phid/v1/ListGroupRequest.js';
import type { ListGroupResponse as _phid_v1_ListGroupResponse, ListGroupResponse__Output as _phid_v1_ListGroupResponse__Output } from '../../phid/v1/ListGroupResponse.js';
import type { RemoveFromGroupRequest as _phid_v1_RemoveFromGroupRequest, RemoveFromGroupRequest__Output as _phid_v1_RemoveFromGroupRequest__Output } from '../../phid/v1/RemoveFromGroupRequest.js';
import type { RemoveFromGroupResponse as _phid_v1_RemoveFromGroupResponse, RemoveFromGroupResponse__Output as _phid_v1_RemoveFromGroupResponse__Output } from '../../phid/v1/RemoveFromGroupResponse.js';
import type { SetVisibilityRequest as _phid_v1_SetVisibilityRequest, SetVisibilityRequest__Output as _phid_v1_SetVisibilityRequest__Output } from '../../phid/v1/SetVisibilityRequest.js';
import type { SetVisibilityResponse as _phid_v1_SetVisibilityResponse, SetVisibilityResponse__Output as _phid_v1_SetVisibilityResponse__Output } from '../../phid/v1/SetVisibilityResponse.js';
import type { SuspicionRequest as _phid_v1_SuspicionRequest, SuspicionRequest__Output as _phid_v1_SuspicionRequest__Output } from '../../phid/v1/SuspicionRequest.js';
import type { SuspicionResponse as _phid_v1_SuspicionResponse, SuspicionResponse__Output as _phid_v1_SuspicionResponse__Output } from '../../phid/v1/SuspicionResponse.js';
import type { TrackRequest as _phid_v1_TrackRequest, TrackRequest__Output as _phid_v1_TrackRequest__Output } from '../../phid/v1/TrackRequest.js';
import type { TrackResponse as _phid_v1_TrackResponse, TrackResponse__Output as _phid_v1_TrackResponse__Output } from '../../phid/v1/TrackResponse.js';
import type { WatchNamespaceRequest as _phid_v1_WatchNamespaceRequest, WatchNamespaceRequest__Output as _phid_v1_WatchNamespaceRequest__Output } from '../../phid/v1/WatchNamespaceRequest.js';
import type { WatchNamespaceResponse as _phid_v1_WatchNamespaceResponse, WatchNamespaceResponse__Output as _phid_v1_WatchNamespaceResponse__Output } from '../../phid/v1/WatchNamespaceResponse.js';
import type { WatchRequest as _phid_v1_WatchRequest, WatchRequest__Output as _phid_v1_WatchRequest__Output } from '../../phid/v1/WatchRequest.js';
import type { WatchResponse as _phid_v1_WatchResponse, WatchResponse__Output as _phid_v1_WatchResponse__Output } from '../../phid/v1/WatchResponse.js';

/**
 * PresenceService takes the heartbeats of users' sessions and answers how likely it is that a user is gone.
 * 
 * What holds for every rpc:
 * - An empty `namespace` means "default".
 * - user_id and session_id are 1 to 256 bytes of UTF-8, origin 0 to 64 bytes. phid gives them no meaning.
 * - A user who was never seen is no error: the status is UNKNOWN.
 * - A user may be invisible (SetVisibility): to every caller and in every rpc as if they had left.
 * - A group is a set of users of a namespace that callers maintain, such as the members of a chat room. Its id
 * is 1 to 256 bytes of UTF-8. One that nobody made is no error: it is empty. A group lives until it is emptied.
 * 
 * Status codes of every rpc:
 * - FAILED_PRECONDITION: the record of the user has a format that this server does not know (Heartbeat, Leave, SetVisibility).
 * - INVALID_ARGUMENT: a field is out of its range, or names a namespace that is not configured; the message
 * names the field and the value.
 * - RESOURCE_EXHAUSTED: a limit of the server is reached; the message names it. Ask for less, or retry later.
 * - UNAVAILABLE: the store cannot be reached, or the server is shutting down. Retry with back-off. Heartbeats
 * and leaves wait for the store, for as long as the caller's deadline allows, and are recorded when it is back
 * even if the caller has given up by then.
 */
export interface PresenceServiceClient extends grpc.Client {
  /**
   * AddToGroup makes users members of a group: all of them, or nobody where there is no room for all
   * (RESOURCE_EXHAUSTED). Who is a member is left alone, so that it is safe to repeat. Streams that follow the
   * group, on any node, get a snapshot of each new member.
   */
  AddToGroup(argument: _phid_v1_AddToGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  AddToGroup(argument: _phid_v1_AddToGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  AddToGroup(argument: _phid_v1_AddToGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  AddToGroup(argument: _phid_v1_AddToGroupRequest, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  /**
   * AddToGroup makes users members of a group: all of them, or nobody where there is no room for all
   * (RESOURCE_EXHAUSTED). Who is a member is left alone, so that it is safe to repeat. Streams that follow the
   * group, on any node, get a snapshot of each new member.
   */
  addToGroup(argument: _phid_v1_AddToGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  addToGroup(argument: _phid_v1_AddToGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  addToGroup(argument: _phid_v1_AddToGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  addToGroup(argument: _phid_v1_AddToGroupRequest, callback: grpc.requestCallback<_phid_v1_AddToGroupResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * BatchSuspicion answers for up to 1,000 users at once, in the order of the request: presence of what is on
   * a screen.
   */
  BatchSuspicion(argument: _phid_v1_BatchSuspicionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  BatchSuspicion(argument: _phid_v1_BatchSuspicionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  BatchSuspicion(argument: _phid_v1_BatchSuspicionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  BatchSuspicion(argument: _phid_v1_BatchSuspicionRequest, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * BatchSuspicion answers for up to 1,000 users at once, in the order of the request: presence of what is on
   * a screen.
   */
  batchSuspicion(argument: _phid_v1_BatchSuspicionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  batchSuspicion(argument: _phid_v1_BatchSuspicionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  batchSuspicion(argument: _phid_v1_BatchSuspicionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  batchSuspicion(argument: _phid_v1_BatchSuspicionRequest, callback: grpc.requestCallback<_phid_v1_BatchSuspicionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Heartbeat records one sign of life, and returns when it is recorded: OK means that it will not be lost.
   * It is safe to retry: a numbered heartbeat that arrives twice proves life, but is not counted as an
   * interval. For one gateway with many users HeartbeatStream costs far less.
   */
  Heartbeat(argument: _phid_v1_HeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _phid_v1_HeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _phid_v1_HeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  Heartbeat(argument: _phid_v1_HeartbeatRequest, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Heartbeat records one sign of life, and returns when it is recorded: OK means that it will not be lost.
   * It is safe to retry: a numbered heartbeat that arrives twice proves life, but is not counted as an
   * interval. For one gateway with many users HeartbeatStream costs far less.
   */
  heartbeat(argument: _phid_v1_HeartbeatRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _phid_v1_HeartbeatRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _phid_v1_HeartbeatRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  heartbeat(argument: _phid_v1_HeartbeatRequest, callback: grpc.requestCallback<_phid_v1_HeartbeatResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * HeartbeatStream records batches of heartbeats of many users, and answers each batch in order when it is
   * recorded. A bad heartbeat is rejected by index and does not disturb the rest. Flow control is the
   * back-pressure: a server that cannot keep up stops reading, and reads on when it can; it refuses nothing
   * for that. A batch that is too large, or has a bad namespace or origin, ends the stream after the answers
   * to those before it. While the store cannot be reached nothing is answered; it is when the store is back. What
   * was not answered may or may not be recorded, and is safe to send again.
   */
  HeartbeatStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_HeartbeatStreamRequest, _phid_v1_HeartbeatStreamResponse__Output>;
  HeartbeatStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_HeartbeatStreamRequest, _phid_v1_HeartbeatStreamResponse__Output>;
  /**
   * HeartbeatStream records batches of heartbeats of many users, and answers each batch in order when it is
   * recorded. A bad heartbeat is rejected by index and does not disturb the rest. Flow control is the
   * back-pressure: a server that cannot keep up stops reading, and reads on when it can; it refuses nothing
   * for that. A batch that is too large, or has a bad namespace or origin, ends the stream after the answers
   * to those before it. While the store cannot be reached nothing is answered; it is when the store is back. What
   * was not answered may or may not be recorded, and is safe to send again.
   */
  heartbeatStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_HeartbeatStreamRequest, _phid_v1_HeartbeatStreamResponse__Output>;
  heartbeatStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_HeartbeatStreamRequest, _phid_v1_HeartbeatStreamResponse__Output>;
  
  /**
   * IsOnline answers yes or no for one user, by the caller's threshold. UNAVAILABLE when the store cannot be
   * read, or does not know the user because it has lost its data: a guess would look like an answer.
   */
  IsOnline(argument: _phid_v1_IsOnlineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  IsOnline(argument: _phid_v1_IsOnlineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  IsOnline(argument: _phid_v1_IsOnlineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  IsOnline(argument: _phid_v1_IsOnlineRequest, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  /**
   * IsOnline answers yes or no for one user, by the caller's threshold. UNAVAILABLE when the store cannot be
   * read, or does not know the user because it has lost its data: a guess would look like an answer.
   */
  isOnline(argument: _phid_v1_IsOnlineRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  isOnline(argument: _phid_v1_IsOnlineRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  isOnline(argument: _phid_v1_IsOnlineRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  isOnline(argument: _phid_v1_IsOnlineRequest, callback: grpc.requestCallback<_phid_v1_IsOnlineResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Leave ends a session, or all sessions of a user, gracefully: the user is OFFLINE at once when no session
   * remains. A session or user that is not known is left alone, and the answer is OK. A later heartbeat
   * brings the session back.
   */
  Leave(argument: _phid_v1_LeaveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  Leave(argument: _phid_v1_LeaveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  Leave(argument: _phid_v1_LeaveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  Leave(argument: _phid_v1_LeaveRequest, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Leave ends a session, or all sessions of a user, gracefully: the user is OFFLINE at once when no session
   * remains. A session or user that is not known is left alone, and the answer is OK. A later heartbeat
   * brings the session back.
   */
  leave(argument: _phid_v1_LeaveRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  leave(argument: _phid_v1_LeaveRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  leave(argument: _phid_v1_LeaveRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  leave(argument: _phid_v1_LeaveRequest, callback: grpc.requestCallback<_phid_v1_LeaveResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * ListGroup answers for the members of a group, page by page. Members who come or go meanwhile may be
   * missing or still there; everybody else is listed once.
   */
  ListGroup(argument: _phid_v1_ListGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  ListGroup(argument: _phid_v1_ListGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  ListGroup(argument: _phid_v1_ListGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  ListGroup(argument: _phid_v1_ListGroupRequest, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  /**
   * ListGroup answers for the members of a group, page by page. Members who come or go meanwhile may be
   * missing or still there; everybody else is listed once.
   */
  listGroup(argument: _phid_v1_ListGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  listGroup(argument: _phid_v1_ListGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  listGroup(argument: _phid_v1_ListGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  listGroup(argument: _phid_v1_ListGroupRequest, callback: grpc.requestCallback<_phid_v1_ListGroupResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * RemoveFromGroup ends the membership of users. Who is no member is left alone. Streams that follow the
   * group are told (cause REMOVED).
   */
  RemoveFromGroup(argument: _phid_v1_RemoveFromGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  RemoveFromGroup(argument: _phid_v1_RemoveFromGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  RemoveFromGroup(argument: _phid_v1_RemoveFromGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  RemoveFromGroup(argument: _phid_v1_RemoveFromGroupRequest, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  /**
   * RemoveFromGroup ends the membership of users. Who is no member is left alone. Streams that follow the
   * group are told (cause REMOVED).
   */
  removeFromGroup(argument: _phid_v1_RemoveFromGroupRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  removeFromGroup(argument: _phid_v1_RemoveFromGroupRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  removeFromGroup(argument: _phid_v1_RemoveFromGroupRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  removeFromGroup(argument: _phid_v1_RemoveFromGroupRequest, callback: grpc.requestCallback<_phid_v1_RemoveFromGroupResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * SetVisibility makes a user invisible, or visible again. Who is invisible seems to have left at that moment: every
   * query and stream tells what a Leave of all sessions would have made true, and goes on telling that, whatever
   * heartbeats come, of whatever session. Behind it the heartbeats are recorded and phi goes on, so that whoever
   * becomes visible is at once what they are. The user need not be known: who is to be unseen from the first
   * heartbeat on is made invisible before it. It lasts until it is taken back, or the user has given no sign for a
   * year. The last word counts, by when a server received it. Safe to repeat.
   */
  SetVisibility(argument: _phid_v1_SetVisibilityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  SetVisibility(argument: _phid_v1_SetVisibilityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  SetVisibility(argument: _phid_v1_SetVisibilityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  SetVisibility(argument: _phid_v1_SetVisibilityRequest, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  /**
   * SetVisibility makes a user invisible, or visible again. Who is invisible seems to have left at that moment: every
   * query and stream tells what a Leave of all sessions would have made true, and goes on telling that, whatever
   * heartbeats come, of whatever session. Behind it the heartbeats are recorded and phi goes on, so that whoever
   * becomes visible is at once what they are. The user need not be known: who is to be unseen from the first
   * heartbeat on is made invisible before it. It lasts until it is taken back, or the user has given no sign for a
   * year. The last word counts, by when a server received it. Safe to repeat.
   */
  setVisibility(argument: _phid_v1_SetVisibilityRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  setVisibility(argument: _phid_v1_SetVisibilityRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  setVisibility(argument: _phid_v1_SetVisibilityRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  setVisibility(argument: _phid_v1_SetVisibilityRequest, callback: grpc.requestCallback<_phid_v1_SetVisibilityResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Suspicion answers with the whole opinion about one user, by the namespace's thresholds.
   */
  Suspicion(argument: _phid_v1_SuspicionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  Suspicion(argument: _phid_v1_SuspicionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  Suspicion(argument: _phid_v1_SuspicionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  Suspicion(argument: _phid_v1_SuspicionRequest, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Suspicion answers with the whole opinion about one user, by the namespace's thresholds.
   */
  suspicion(argument: _phid_v1_SuspicionRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  suspicion(argument: _phid_v1_SuspicionRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  suspicion(argument: _phid_v1_SuspicionRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  suspicion(argument: _phid_v1_SuspicionRequest, callback: grpc.requestCallback<_phid_v1_SuspicionResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Track is Watch for a set of users and groups that changes while the stream is open: presence for a
   * viewport. Each message that adds any is answered by their snapshots and one `synced`. After the caller half-closes,
   * the stream goes on with the set as it is; cancel to end it.
   */
  Track(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_TrackRequest, _phid_v1_TrackResponse__Output>;
  Track(options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_TrackRequest, _phid_v1_TrackResponse__Output>;
  /**
   * Track is Watch for a set of users and groups that changes while the stream is open: presence for a
   * viewport. Each message that adds any is answered by their snapshots and one `synced`. After the caller half-closes,
   * the stream goes on with the set as it is; cancel to end it.
   */
  track(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_TrackRequest, _phid_v1_TrackResponse__Output>;
  track(options?: grpc.CallOptions): grpc.ClientDuplexStream<_phid_v1_TrackRequest, _phid_v1_TrackResponse__Output>;
  
  /**
   * Watch follows a fixed set of users and groups: a snapshot of each user, then `synced`, then every change
   * until the caller cancels. Per user the changes are in order; who is followed in several ways, by their id
   * and as a member of groups, changes once. A slow reader gets the latest status of each user and a LAGGED
   * notice. The stream stays open while the store is away (DEGRADED, RECOVERED), and ends with UNAVAILABLE only
   * when the server stops; with RESOURCE_EXHAUSTED when a group has grown beyond what the server watches, or so
   * many members were removed from groups while the stream was not read that it cannot be told.
   */
  Watch(argument: _phid_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchResponse__Output>;
  Watch(argument: _phid_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchResponse__Output>;
  /**
   * Watch follows a fixed set of users and groups: a snapshot of each user, then `synced`, then every change
   * until the caller cancels. Per user the changes are in order; who is followed in several ways, by their id
   * and as a member of groups, changes once. A slow reader gets the latest status of each user and a LAGGED
   * notice. The stream stays open while the store is away (DEGRADED, RECOVERED), and ends with UNAVAILABLE only
   * when the server stops; with RESOURCE_EXHAUSTED when a group has grown beyond what the server watches, or so
   * many members were removed from groups while the stream was not read that it cannot be told.
   */
  watch(argument: _phid_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchResponse__Output>;
  watch(argument: _phid_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchResponse__Output>;
  
  /**
   * WatchNamespace tells every change of status in a namespace, by its thresholds, whoever watches: for fan-out, push
   * and audit. The changes come from a log that all nodes share, so a stream goes on at any of them, by its token: who comes
   * back while the log goes back far enough (about 160,000 changes of a namespace) misses nothing and is told nothing
   * twice; whoever comes later is told `resync`. A slow reader reads late. There are no snapshots: a user who does not
   * change is not told of.
   */
  WatchNamespace(argument: _phid_v1_WatchNamespaceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchNamespaceResponse__Output>;
  WatchNamespace(argument: _phid_v1_WatchNamespaceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchNamespaceResponse__Output>;
  /**
   * WatchNamespace tells every change of status in a namespace, by its thresholds, whoever watches: for fan-out, push
   * and audit. The changes come from a log that all nodes share, so a stream goes on at any of them, by its token: who comes
   * back while the log goes back far enough (about 160,000 changes of a namespace) misses nothing and is told nothing
   * twice; whoever comes later is told `resync`. A slow reader reads late. There are no snapshots: a user who does not
   * change is not told of.
   */
  watchNamespace(argument: _phid_v1_WatchNamespaceRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchNamespaceResponse__Output>;
  watchNamespace(argument: _phid_v1_WatchNamespaceRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_phid_v1_WatchNamespaceResponse__Output>;
  
}

/**
 * PresenceService takes the heartbeats of users' sessions and answers how likely it is that a user is gone.
 * 
 * What holds for every rpc:
 * - An empty `namespace` means "default".
 * - user_id and session_id are 1 to 256 bytes of UTF-8, origin 0 to 64 bytes. phid gives them no meaning.
 * - A user who was never seen is no error: the status is UNKNOWN.
 * - A user may be invisible (SetVisibility): to every caller and in every rpc as if they had left.
 * - A group is a set of users of a namespace that callers maintain, such as the members of a chat room. Its id
 * is 1 to 256 bytes of UTF-8. One that nobody made is no error: it is empty. A group lives until it is emptied.
 * 
 * Status codes of every rpc:
 * - FAILED_PRECONDITION: the record of the user has a format that this server does not know (Heartbeat, Leave, SetVisibility).
 * - INVALID_ARGUMENT: a field is out of its range, or names a namespace that is not configured; the message
 * names the field and the value.
 * - RESOURCE_EXHAUSTED: a limit of the server is reached; the message names it. Ask for less, or retry later.
 * - UNAVAILABLE: the store cannot be reached, or the server is shutting down. Retry with back-off. Heartbeats
 * and leaves wait for the store, for as long as the caller's deadline allows, and are recorded when it is back
 * even if the caller has given up by then.
 */
export interface PresenceServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * AddToGroup makes users members of a group: all of them, or nobody where there is no room for all
   * (RESOURCE_EXHAUSTED). Who is a member is left alone, so that it is safe to repeat. Streams that follow the
   * group, on any node, get a snapshot of each new member.
   */
  AddToGroup: grpc.handleUnaryCall<_phid_v1_AddToGroupRequest__Output, _phid_v1_AddToGroupResponse>;
  
  /**
   * BatchSuspicion answers for up to 1,000 users at once, in the order of the request: presence of what is on
   * a screen.
   */
  BatchSuspicion: grpc.handleUnaryCall<_phid_v1_BatchSuspicionRequest__Output, _phid_v1_BatchSuspicionResponse>;
  
  /**
   * Heartbeat records one sign of life, and returns when it is recorded: OK means that it will not be lost.
   * It is safe to retry: a numbered heartbeat that arrives twice proves life, but is not counted as an
   * interval. For one gateway with many users HeartbeatStream costs far less.
   */
  Heartbeat: grpc.handleUnaryCall<_phid_v1_HeartbeatRequest__Output, _phid_v1_HeartbeatResponse>;
  
  /**
   * HeartbeatStream records batches of heartbeats of many users, and answers each batch in order when it is
   * recorded. A bad heartbeat is rejected by index and does not disturb the rest. Flow control is the
   * back-pressure: a server that cannot keep up stops reading, and reads on when it can; it refuses nothing
   * for that. A batch that is too large, or has a bad namespace or origin, ends the stream after the answers
   * to those before it. While the store cannot be reached nothing is answered; it is when the store is back. What
   * was not answered may or may not be recorded, and is safe to send again.
   */
  HeartbeatStream: grpc.handleBidiStreamingCall<_phid_v1_HeartbeatStreamRequest__Output, _phid_v1_HeartbeatStreamResponse>;
  
  /**
   * IsOnline answers yes or no for one user, by the caller's threshold. UNAVAILABLE when the store cannot be
   * read, or does not know the user because it has lost its data: a guess would look like an answer.
   */
  IsOnline: grpc.handleUnaryCall<_phid_v1_IsOnlineRequest__Output, _phid_v1_IsOnlineResponse>;
  
  /**
   * Leave ends a session, or all sessions of a user, gracefully: the user is OFFLINE at once when no session
   * remains. A session or user that is not known is left alone, and the answer is OK. A later heartbeat
   * brings the session back.
   */
  Leave: grpc.handleUnaryCall<_phid_v1_LeaveRequest__Output, _phid_v1_LeaveResponse>;
  
  /**
   * ListGroup answers for the members of a group, page by page. Members who come or go meanwhile may be
   * missing or still there; everybody else is listed once.
   */
  ListGroup: grpc.handleUnaryCall<_phid_v1_ListGroupRequest__Output, _phid_v1_ListGroupResponse>;
  
  /**
   * RemoveFromGroup ends the membership of users. Who is no member is left alone. Streams that follow the
   * group are told (cause REMOVED).
   */
  RemoveFromGroup: grpc.handleUnaryCall<_phid_v1_RemoveFromGroupRequest__Output, _phid_v1_RemoveFromGroupResponse>;
  
  /**
   * SetVisibility makes a user invisible, or visible again. Who is invisible seems to have left at that moment: every
   * query and stream tells what a Leave of all sessions would have made true, and goes on telling that, whatever
   * heartbeats come, of whatever session. Behind it the heartbeats are recorded and phi goes on, so that whoever
   * becomes visible is at once what they are. The user need not be known: who is to be unseen from the first
   * heartbeat on is made invisible before it. It lasts until it is taken back, or the user has given no sign for a
   * year. The last word counts, by when a server received it. Safe to repeat.
   */
  SetVisibility: grpc.handleUnaryCall<_phid_v1_SetVisibilityRequest__Output, _phid_v1_SetVisibilityResponse>;
  
  /**
   * Suspicion answers with the whole opinion about one user, by the namespace's thresholds.
   */
  Suspicion: grpc.handleUnaryCall<_phid_v1_SuspicionRequest__Output, _phid_v1_SuspicionResponse>;
  
  /**
   * Track is Watch for a set of users and groups that changes while the stream is open: presence for a
   * viewport. Each message that adds any is answered by their snapshots and one `synced`. After the caller half-closes,
   * the stream goes on with the set as it is; cancel to end it.
   */
  Track: grpc.handleBidiStreamingCall<_phid_v1_TrackRequest__Output, _phid_v1_TrackResponse>;
  
  /**
   * Watch follows a fixed set of users and groups: a snapshot of each user, then `synced`, then every change
   * until the caller cancels. Per user the changes are in order; who is followed in several ways, by their id
   * and as a member of groups, changes once. A slow reader gets the latest status of each user and a LAGGED
   * notice. The stream stays open while the store is away (DEGRADED, RECOVERED), and ends with UNAVAILABLE only
   * when the server stops; with RESOURCE_EXHAUSTED when a group has grown beyond what the server watches, or so
   * many members were removed from groups while the stream was not read that it cannot be told.
   */
  Watch: grpc.handleServerStreamingCall<_phid_v1_WatchRequest__Output, _phid_v1_WatchResponse>;
  
  /**
   * WatchNamespace tells every change of status in a namespace, by its thresholds, whoever watches: for fan-out, push
   * and audit. The changes come from a log that all nodes share, so a stream goes on at any of them, by its token: who comes
   * back while the log goes back far enough (about 160,000 changes of a namespace) misses nothing and is told nothing
   * twice; whoever comes later is told `resync`. A slow reader reads late. There are no snapshots: a user who does not
   * change is not told of.
   */
  WatchNamespace: grpc.handleServerStreamingCall<_phid_v1_WatchNamespaceRequest__Output, _phid_v1_WatchNamespaceResponse>;
  
}

export interface PresenceServiceDefinition extends grpc.ServiceDefinition {
  AddToGroup: MethodDefinition<_phid_v1_AddToGroupRequest, _phid_v1_AddToGroupResponse, _phid_v1_AddToGroupRequest__Output, _phid_v1_AddToGroupResponse__Output>
  BatchSuspicion: MethodDefinition<_phid_v1_BatchSuspicionRequest, _phid_v1_BatchSuspicionResponse, _phid_v1_BatchSuspicionRequest__Output, _phid_v1_BatchSuspicionResponse__Output>
  Heartbeat: MethodDefinition<_phid_v1_HeartbeatRequest, _phid_v1_HeartbeatResponse, _phid_v1_HeartbeatRequest__Output, _phid_v1_HeartbeatResponse__Output>
  HeartbeatStream: MethodDefinition<_phid_v1_HeartbeatStreamRequest, _phid_v1_HeartbeatStreamResponse, _phid_v1_HeartbeatStreamRequest__Output, _phid_v1_HeartbeatStreamResponse__Output>
  IsOnline: MethodDefinition<_phid_v1_IsOnlineRequest, _phid_v1_IsOnlineResponse, _phid_v1_IsOnlineRequest__Output, _phid_v1_IsOnlineResponse__Output>
  Leave: MethodDefinition<_phid_v1_LeaveRequest, _phid_v1_LeaveResponse, _phid_v1_LeaveRequest__Output, _phid_v1_LeaveResponse__Output>
  ListGroup: MethodDefinition<_phid_v1_ListGroupRequest, _phid_v1_ListGroupResponse, _phid_v1_ListGroupRequest__Output, _phid_v1_ListGroupResponse__Output>
  RemoveFromGroup: MethodDefinition<_phid_v1_RemoveFromGroupRequest, _phid_v1_RemoveFromGroupResponse, _phid_v1_RemoveFromGroupRequest__Output, _phid_v1_RemoveFromGroupResponse__Output>
  SetVisibility: MethodDefinition<_phid_v1_SetVisibilityRequest, _phid_v1_SetVisibilityResponse, _phid_v1_SetVisibilityRequest__Output, _phid_v1_SetVisibilityResponse__Output>
  Suspicion: MethodDefinition<_phid_v1_SuspicionRequest, _phid_v1_SuspicionResponse, _phid_v1_SuspicionRequest__Output, _phid_v1_SuspicionResponse__Output>
  Track: MethodDefinition<_phid_v1_TrackRequest, _phid_v1_TrackResponse, _phid_v1_TrackRequest__Output, _phid_v1_TrackResponse__Output>
  Watch: MethodDefinition<_phid_v1_WatchRequest, _phid_v1_WatchResponse, _phid_v1_WatchRequest__Output, _phid_v1_WatchResponse__Output>
  WatchNamespace: MethodDefinition<_phid_v1_WatchNamespaceRequest, _phid_v1_WatchNamespaceResponse, _phid_v1_WatchNamespaceRequest__Output, _phid_v1_WatchNamespaceResponse__Output>
}
