--[[
  Reads what follows a position in the log of a namespace and shard, or says where it ends. Where changes behind the position
  are gone, it says where the log ends too: whoever missed some reads everything else anew and goes on from there.

  Complexity: O(changes returned). Read-only.

  KEYS   1 hash of the shard (own.lua)   2 the log
  ARGV   1 namespace   2 name of the log that the position is of; empty: of none, from the first change on   3 entry after which
         to read; empty: only where the log ends   4 changes at most
  Returns  { name of the log or empty, last entry read or the end, 1 when changes behind the position are gone, 2 when some of
           them are no changes that this phid knows, else 0, { change, ... } }
]]
local shard, log = KEYS[1], KEYS[2]
local namespace, known, after, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(sequence)
end
local function isBefore(a, b)
  local a_ms, a_sequence = parts(a)
  local b_ms, b_sequence = parts(b)
  if not b_sequence then return false end
  return a_ms < b_ms or (a_ms == b_ms and a_sequence < b_sequence)
end

local name = redis.call('HGET', shard, 'log') or ''
local trimmed = redis.call('HGET', shard, 't' .. namespace)
local is_gap = after ~= '' and ((known ~= '' and known ~= name) or (trimmed and isBefore(after, trimmed)))
if after == '' or is_gap then
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  -- A log that expired is empty: what it had is not missed by who begins now.
  return { name, last and last[1] or trimmed or '0-0', is_gap and 1 or 0, {} }
end
local changes, last, missing = {}, after, 0
for _, entry in ipairs(redis.call('XRANGE', log, '(' .. after, '+', 'COUNT', most)) do
  last = entry[1]
  if entry[2][1] == 'c' then
    changes[#changes + 1] = entry[2][2]
  else
    missing = 2
  end
end
return { name, last, missing, changes }
