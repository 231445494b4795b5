--[[
  Appends changes of users to the log of a namespace and shard, and keeps of each user what was said last, for the node that
  owns the shard next; unless another one does already.

  Only that makes the log one story: two nodes may hold a shard theirs for a moment, but only one of them writes.
  Complexity: O(changes). A call that is repeated appends twice; what is kept is the same, and versions tell.

  KEYS   1 hash of the shard   2 the log, a stream: field `c` of an entry is a change   3 hash: user -> status said last
         4 stream of the shard
  ARGV   1 claim   2 namespace   3 length of the log, about   4 length of the shard's stream, about   5 expiry ms
         6.. of each change: user, status to keep (empty: none), the change (empty: only keep)
  Returns  1; 0 when another claim holds
  Writes   KEYS 2 and 3; KEYS 1 `t<namespace>`: the first entry that is left after the last trimming; KEYS 4 an entry with the
           field `l`, so that readers of the log look
]]
local shard, log, said, stream = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local claim, namespace, log_length, stream_length, expiry_ms = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]

if redis.call('HGET', shard, 'owner') ~= claim then return 0 end
local appended = false
for i = 6, #ARGV, 3 do
  local user, status, change = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  if status == '' then
    redis.call('HDEL', said, user)
  else
    redis.call('HSET', said, user, status)
  end
  if change ~= '' then
    redis.call('XADD', log, '*', 'c', change)
    appended = true
  end
end
redis.call('PEXPIRE', said, expiry_ms)
if appended then
  if redis.call('XTRIM', log, 'MAXLEN', '~', log_length) > 0 then
    redis.call('HSET', shard, 't' .. namespace, redis.call('XRANGE', log, '-', '+', 'COUNT', 1)[1][1])
  end
  redis.call('PEXPIRE', log, expiry_ms)
  redis.call('XADD', stream, 'MAXLEN', '~', stream_length, '*', 'l', namespace)
end
return 1
