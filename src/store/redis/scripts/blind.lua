--[[
  Adds times in which a node was blind to those of all nodes, and returns these.

  Complexity: O(log n) an interval added, O(n) for the answer, n at most ARGV 1. Idempotent: an interval is its own name.

  KEYS   1 sorted set of the deployment: members "<from us>-<to us>", by their end   2 stream of the shard
  ARGV   1 intervals kept at most   2 expiry ms   3 stream length, about   4.. members to be added, perhaps none
  Returns  { member, ... }
  Writes   the set; an entry of the stream, so that the other nodes ask
]]
local key, stream = KEYS[1], KEYS[2]
local kept, expiry, stream_length = tonumber(ARGV[1]), ARGV[2], ARGV[3]

for i = 4, #ARGV do
  redis.call('ZADD', key, string.match(ARGV[i], '%-(%d+)$'), ARGV[i])
end
if #ARGV > 3 then
  redis.call('ZREMRANGEBYRANK', key, 0, -(kept + 1))
  redis.call('PEXPIRE', key, expiry)
  redis.call('XADD', stream, 'MAXLEN', '~', stream_length, '*', 'd', '')
end
return redis.call('ZRANGE', key, 0, -1)
