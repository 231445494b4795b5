--[[
  Adds times in which a node was blind to those of all nodes, and returns these.

  Complexity: O(log n) an interval added, O(n) for the answer, n at most ARGV 1. Idempotent: an interval is its own name.

  KEYS   1 sorted set of the deployment: members "<from us>-<to us>", by their end
  ARGV   1 intervals kept at most   2 expiry ms   3.. members to be added, perhaps none
  Returns  { f64 now us (packed), { member, ... } }
  Writes   the set
]]
local key, kept, expiry = KEYS[1], tonumber(ARGV[1]), ARGV[2]

for i = 3, #ARGV do
  redis.call('ZADD', key, string.match(ARGV[i], '%-(%d+)$'), ARGV[i])
end
if #ARGV > 2 then
  redis.call('ZREMRANGEBYRANK', key, 0, -(kept + 1))
  redis.call('PEXPIRE', key, expiry)
end
local time = redis.call('TIME')
return { struct.pack('<d', time[1] * 1000000 + time[2]), redis.call('ZRANGE', key, 0, -1) }
