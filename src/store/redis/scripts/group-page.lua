--[[
  Reads some members of a group, in the order of their bytes (group-change.lua says how it is kept).

  A script, so that members, size and version are of one moment.
  Complexity: O(log members + users). Read-only.

  KEYS   1 sorted set of the group
  ARGV   1 the user id after which the page begins; empty: at the first   2 users at most
  Returns  { members of the group, version as a string, us, { user id, ... } }; { 0, "0", {} } where there is none
]]
local key = KEYS[1]
local after, users_max = ARGV[1], ARGV[2]

local version = 0 - (redis.call('ZSCORE', key, '') or 0)
local size = math.max(0, redis.call('ZCARD', key) - 1)
local users = redis.call('ZRANGEBYLEX', key, '(' .. after, '+', 'LIMIT', 0, users_max)
return { size, string.format('%.0f', version), users }
