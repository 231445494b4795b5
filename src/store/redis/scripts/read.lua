--[[
  Reads users of one slot together with the clock that their times are to be compared with.

  A script and not MGET beside TIME: in a cluster each master has its own clock, and TIME has no key to route it.
  Complexity: O(users). Read-only.

  KEYS   user keys
  ARGV   none
  Returns  { f64 now us (packed), { record or nil, ... } }
]]
local time = redis.call('TIME')
return { struct.pack('<d', time[1] * 1000000 + time[2]), redis.call('MGET', unpack(KEYS)) }
