--[[
  Adds times in which a node was blind to those of all nodes, and returns these.

  Complexity: O(log n) an interval added, O(n) for the answer, n at most ARGV 1. Idempotent: an interval is its own name.

  KEYS   1 sorted set of the deployment: members "<from us>-<to us>", by their end   2 stream of the shard
         3 string: a name for the data, made when there is none
  ARGV   1 intervals kept at most   2 expiry ms   3 stream length, about   4 a name for the data, should it have none
         5.. members to be added, perhaps none
  Returns  { f64 now us (packed), { member, ... }, name of the data }
  Writes   the set, the name; an entry of the stream, so that the other nodes ask
]]
local key, stream, name_key = KEYS[1], KEYS[2], KEYS[3]
local kept, expiry, stream_length, new_name = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]

for i = 5, #ARGV do
  redis.call('ZADD', key, string.match(ARGV[i], '%-(%d+)$'), ARGV[i])
end
if #ARGV > 4 then
  redis.call('ZREMRANGEBYRANK', key, 0, -(kept + 1))
  redis.call('PEXPIRE', key, expiry)
  redis.call('XADD', stream, 'MAXLEN', '~', stream_length, '*', 'd', '')
end
redis.call('SET', name_key, new_name, 'NX')
local time = redis.call('TIME')
local now = struct.pack('<d', time[1] * 1000000 + time[2])
return { now, redis.call('ZRANGE', key, 0, -1), redis.call('GET', name_key) }
