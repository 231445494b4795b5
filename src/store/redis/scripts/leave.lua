--[[
  Ends one session of a user gracefully, or all of them.

  Complexity: O(bytes of the record). Idempotent: a session that left, or is unknown, is left as it is.

  KEYS   1 shard stream   2 user key
  ARGV   1 session id, empty for all   2 retention ms   3 stream length, about
  Returns  1 when a session left, otherwise 0
  Writes   the user key; one entry of the shard stream when a session left
]]
-- @include user-record
local stream, key = KEYS[1], KEYS[2]
local session_id, retention, stream_length = ARGV[1], ARGV[2], ARGV[3]

local value = redis.call('GET', key)
if not value then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local parts, pos, changed = { string.sub(value, 1, 2) }, 3, 0
for _ = 1, session_count(value) do
  local s, next_at = read_session(value, pos)
  if (session_id == '' or s.id == session_id) and s.state ~= LEFT then
    s.state, s.base, changed = LEFT, now, 1
  end
  parts[#parts + 1] = pack_session(s, learned_of(value, s))
  pos = next_at
end
if changed == 0 then return 0 end
redis.call('SET', key, table.concat(parts), 'PX', retention)
redis.call('XADD', stream, 'MAXLEN', '~', stream_length, '*', 'u', string.sub(key, string.find(key, ':u:', 1, true) + 3))
return 1
