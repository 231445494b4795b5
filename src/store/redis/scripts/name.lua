--[[
  Names data that have no name.

  Complexity: O(1). Idempotent.

  KEYS   1 the name of the data
  ARGV   1 a name, should they have none
  Returns  the name
  Writes   the name
]]
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
