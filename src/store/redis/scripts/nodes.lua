--[[
  Takes what a node says of itself, and returns what all nodes do.

  Complexity: O(nodes). Idempotent.

  KEYS   1 hash: node -> JSON, with `atUs`: when it said so, us
  ARGV   1 node   2 what it says; empty: it leaves   3 who said nothing for longer than this is forgotten, us
  Returns  { node, JSON, ... }
  Writes   the hash
]]
local key = KEYS[1]
local node, doing, forget_us = ARGV[1], ARGV[2], tonumber(ARGV[3])

if doing == '' then
  redis.call('HDEL', key, node)
else
  redis.call('HSET', key, node, doing)
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local nodes = redis.call('HGETALL', key)
local kept = {}
for i = 1, #nodes, 2 do
  local at = string.match(nodes[i + 1], '"atUs":(%d+)')
  -- What does not say when, a newer phid may have said.
  if at and at + forget_us < now then
    redis.call('HDEL', key, nodes[i])
  else
    kept[#kept + 1] = nodes[i]
    kept[#kept + 1] = nodes[i + 1]
  end
end
return kept
