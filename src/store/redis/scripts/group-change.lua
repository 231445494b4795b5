--[[
  Adds users to a group, or removes users from it, and announces the group in its shard's stream if that changed anything.

  The group is one sorted set: members with score 0, so that they lie in the order of their bytes; before them all, of
  score -version, an empty member, which is no user. Without members there is no key.
  Complexity: O(ids log members). Idempotent: who is a member is not added, who is none is not removed, and nothing is said.

  KEYS   1 sorted set of the group   2 stream of its shard
  ARGV   1 "add" or "remove"   2 members at most, of an addition   3 stream length, about   4 <namespace>:<group>
         5.. user ids, each once
  Returns  { members, version, 1 where there was no room for all, else 0 }; version as a string, us
  Writes   the set; an entry of the stream
]]
local key, stream = KEYS[1], KEYS[2]
local is_addition, members_max, stream_length, name = ARGV[1] == 'add', tonumber(ARGV[2]), ARGV[3], ARGV[4]
local HEAD = ''

local version = 0 - (redis.call('ZSCORE', key, HEAD) or 0)
local size = math.max(0, redis.call('ZCARD', key) - 1)
local known = #ARGV > 4 and redis.call('ZMSCORE', key, unpack(ARGV, 5)) or {}
local args = { key }
local changes = 0
for i = 5, #ARGV do
  local is_member = known[i - 4] ~= false
  if is_member ~= is_addition then
    changes = changes + 1
    if is_addition then args[#args + 1] = 0 end
    args[#args + 1] = ARGV[i]
  end
end
if is_addition and changes > 0 and size + changes > members_max then
  return { size, string.format('%.0f', version), 1 }
end
if changes > 0 then
  local time = redis.call('TIME')
  version = math.max(version + 1, time[1] * 1000000 + time[2])
  redis.call(is_addition and 'ZADD' or 'ZREM', unpack(args))
  size = size + (is_addition and changes or -changes)
  if size > 0 then
    redis.call('ZADD', key, string.format('%.0f', -version), HEAD)
  else
    redis.call('DEL', key)
  end
  redis.call('XADD', stream, 'MAXLEN', '~', stream_length, '*', 'g', name)
end
return { size, string.format('%.0f', version), 0 }
