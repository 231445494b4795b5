--[[
  Reads users together with the clock that their times are to be compared with, and the name of the data that they are in.

  A script and not MGET beside TIME: in a cluster each master has its own clock, and TIME has no key to route it.
  Complexity: O(users). Read-only.

  KEYS   1 the name of the data   2.. user keys, perhaps none
  ARGV   none
  Returns  { f64 now us (packed), name or nil, { record or nil, ... } }
]]
local time = redis.call('TIME')
-- What is no string is no name.
local name = redis.pcall('GET', KEYS[1])
if type(name) == 'table' then name = false end
local records = #KEYS > 1 and redis.call('MGET', unpack(KEYS, 2)) or {}
return { struct.pack('<d', time[1] * 1000000 + time[2]), name, records }
