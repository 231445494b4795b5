--[[
  Takes a node's sign of life, and returns those of all nodes. What each of them carries is returned only when that has
  changed since the caller asked last: it is much, and rarely changes.

  Complexity: O(nodes), O(what they carry) after a change. Idempotent.

  KEYS   1 hash: node -> up to when it has recorded everything, us   2 hash: node -> what it carries, JSON
         3 how often that has changed   4 when the last sign was given, us
  ARGV   1 node   2 up to when it has recorded everything, us; empty: it leaves   3 what it carries, JSON; empty: unchanged
         4 KEYS 3 when the caller asked last; empty: never   5 signs older than this are forgotten, us
  Returns  { KEYS 3, { node, us, ... }, KEYS 4 before this call or empty, { node, JSON, ... } or nil }
  Writes   all keys
]]
local times, carries, version_key, last_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local node, complete, carried, known, forget_us = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local function changed()
  -- What is no number cannot be counted on: any other version than before will do.
  if type(redis.pcall('INCR', version_key)) == 'table' then redis.call('SET', version_key, string.format('%.0f', now)) end
end
local function forget(each)
  redis.call('HDEL', times, each)
  if redis.call('HDEL', carries, each) == 1 then changed() end
end

if complete == '' then
  forget(node)
else
  redis.call('HSET', times, node, complete)
end
if carried ~= '' then
  redis.call('HSET', carries, node, carried)
  changed()
end
local last = redis.call('GET', last_key) or ''
redis.call('SET', last_key, string.format('%.0f', now))
local signs = redis.call('HGETALL', times)
for i = 1, #signs, 2 do
  local at = tonumber(signs[i + 1])
  -- What cannot be read a newer phid may have written.
  if at and at + forget_us < now then forget(signs[i]) end
end
local version = redis.call('GET', version_key) or '0'
if version == known then return { version, signs, last } end
return { version, signs, last, redis.call('HGETALL', carries) }
