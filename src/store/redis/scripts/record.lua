--[[
  Replaces users' records by what a node made of them: each one only if it is still the record that the node read, so
  that of two nodes that heard of a user at once the second reads again. All arithmetic is the node's (src/detector).

  A record is told from another by its token, its first five bytes (store/record/codec.ts); five zeros: there was none.
  Times in the records are of this server's clock as the node reckons it. Where it is wrong (the clock was set, or it is
  another server's), nothing is replaced.
  Replay is safe: whoever repeats a call finds that the token has changed.
  Complexity: one MGET, one SET a user, one XADD a shard of which somebody is announced.

  KEYS   users' keys, in order, then the streams of their shards
  ARGV   1 for each user, packed:  5 bytes token | u16 bytes of the record | u8 KEYS index of the stream less the users |
             u8 1: announce, 2: renew the expiry | f64 announce from this time on, us | record
         2 users   3 expiry ms   4 stream length, about
         5 this server's clock as the node reckoned it before, us   6 how much later than that it may be now, us
  Returns  f64 now us, packed, and one character a user:  1 replaced, 0 the record had changed; none: 5 was wrong
  Writes   the users' keys; an entry of a shard's stream that names the users of whom trackers must hear: those marked,
           and, as late, those whose silence had by now reached the time given
]]
local ANNOUNCE, RENEW = 1, 2
local HEAD_BYTES = 17
local NO_RECORD = '\0\0\0\0\0'
-- Where <namespace>:<user> starts in a key.
local NAME_AT = #'phid1:{p00}:u:' + 1

local writes, users, expiry_ms, stream_length = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local call, sub = redis.call, string.sub
local unpack_head = struct.unpack
local time = call('TIME')
local now = time[1] * 1000000 + time[2]
local reckoned = tonumber(ARGV[5])
if now < reckoned or now > reckoned + ARGV[6] then return struct.pack('<d', now) end

-- One call for all: a GETRANGE each would cost half as much again as the whole script.
local current = call('MGET', unpack(KEYS, 1, users))
local announced = {}
local outcomes, at = {}, 1
for i = 1, users do
  local key = KEYS[i]
  local token, bytes, stream, how, announce_at = unpack_head('<c5HBBd', writes, at)
  local start = at + HEAD_BYTES
  at = start + bytes
  if (current[i] and sub(current[i], 1, 5) or NO_RECORD) == token then
    if how >= RENEW then
      call('SET', key, sub(writes, start, at - 1), 'PX', expiry_ms)
    else
      call('SET', key, sub(writes, start, at - 1), 'KEEPTTL')
    end
    local is_news = how % 2 == ANNOUNCE
    if is_news or now >= announce_at then
      local names = announced[stream]
      if not names then
        names = {}
        announced[stream] = names
      end
      names[#names + 1] = is_news and 'u' or 'a'
      names[#names + 1] = sub(key, NAME_AT)
    end
    outcomes[i] = '1'
  else
    outcomes[i] = '0'
  end
end
for stream, names in pairs(announced) do
  call('XADD', KEYS[users + stream], 'MAXLEN', '~', stream_length, '*', unpack(names))
end
return struct.pack('<d', now) .. table.concat(outcomes)
