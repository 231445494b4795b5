--[[
  Replaces users' records by what a node made of them: each one only if it is still the record that the node read, so
  that of two nodes that heard of a user at once the second reads again. All arithmetic is the node's (src/detector).

  A record is told from another by its token, its first five bytes (store/record/codec.ts); five zeros: there was none.
  Times in the records are of this server's clock as the node reckons it. Where it is wrong (the clock was set, or it is
  another server's), nothing is replaced.
  Replay is safe: whoever repeats a call finds that the token has changed.
  What is no string reads as no record, and is not replaced either.
  Complexity: one MGET, one SET a user, one XADD a shard of which somebody is announced.

  KEYS   users' keys, in order, then the streams of their shards
  ARGV   1 for each user, packed:  5 bytes token | u16 bytes of the record | u8 KEYS index of the stream less the users |
             u8 1: announce, 2: renew the expiry, 4: the long expiry | f64 announce from this time on, us | record
         2 users   3 expiry ms   4 stream length, about
         5 this server's clock as the node reckoned it before, us   6 how much later than that it may be now, us
         7 long expiry ms: of records of users who are invisible, which outlive their sessions
  Returns  f64 now us, packed, and one character a user:  1 replaced, 0 the record had changed, 2 under the key is something
           that is no record; none: 5 was wrong
  Writes   the users' keys; an entry of a shard's stream that names the users of whom trackers must hear: those marked,
           and, as late, those whose silence had by now reached the time given
]]
local ANNOUNCE, RENEW, LONG = 1, 2, 4
local HEAD_BYTES = 17
local NO_RECORD = '\0\0\0\0\0'
-- Where <namespace>:<user> starts in a key.
local NAME_AT = #'phid1:{p00}:u:' + 1

local writes, users, expiry_ms, stream_length = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local long_expiry_ms = ARGV[7]
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
  local known, record = current[i], sub(writes, start, at - 1)
  local outcome = '0'
  if not known and token == NO_RECORD then
    outcome = call('SET', key, record, 'PX', how >= LONG and long_expiry_ms or expiry_ms, 'NX') and '1' or '2'
  elseif known and sub(known, 1, 5) == token then
    if how >= RENEW then
      call('SET', key, record, 'PX', how >= LONG and long_expiry_ms or expiry_ms)
    else
      call('SET', key, record, 'KEEPTTL')
    end
    outcome = '1'
  end
  local is_news = how % 2 == ANNOUNCE
  if outcome == '1' and (is_news or now >= announce_at) then
    local names = announced[stream]
    if not names then
      names = {}
      announced[stream] = names
    end
    names[#names + 1] = is_news and 'u' or 'a'
    names[#names + 1] = sub(key, NAME_AT)
  end
  outcomes[i] = outcome
end
for stream, names in pairs(announced) do
  -- What is no stream followers cannot read either: they know that they miss changes. The records stand.
  redis.pcall('XADD', KEYS[users + stream], 'MAXLEN', '~', stream_length, '*', unpack(names))
end
return struct.pack('<d', now) .. table.concat(outcomes)
