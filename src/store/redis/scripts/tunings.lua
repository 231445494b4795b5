--[[
  Says what was set of namespaces at run time, where the caller does not have it; and puts documents in the place of others,
  unless any has changed since the caller asked.

  Complexity: O(documents) after a change, else O(1). A change that is repeated is refused: the version is another by then.

  KEYS   1 hash of the deployment: namespace -> document; `:v` -> version. A namespace holds no colon   2 stream of the shard
  ARGV   1 version that the caller knows; empty: none   2 stream length, about
         to change: 3 the next version   4.. namespace, document
  Returns  { version, 1 where the change was made, else 0, { namespace, document, ... }; nothing in it where the caller knows }
  Writes   the hash; an entry of the stream, so that the other nodes ask
]]
local key, stream = KEYS[1], KEYS[2]
local known, stream_length, next_version = ARGV[1], ARGV[2], ARGV[3]

local version = redis.call('HGET', key, ':v') or ''
local changed = 0
if next_version and version == known then
  redis.call('HSET', key, ':v', next_version)
  for i = 4, #ARGV, 2 do
    redis.call('HSET', key, ARGV[i], ARGV[i + 1])
  end
  redis.call('XADD', stream, 'MAXLEN', '~', stream_length, '*', 'd', '')
  version, changed = next_version, 1
end
local answer = {}
if version ~= known then
  local pairs = redis.call('HGETALL', key)
  for i = 1, #pairs, 2 do
    if pairs[i] ~= ':v' then
      answer[#answer + 1] = pairs[i]
      answer[#answer + 1] = pairs[i + 1]
    end
  end
end
return { version, changed, answer }
