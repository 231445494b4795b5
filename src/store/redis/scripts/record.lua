--[[
  Replaces users' records by what a node made of them: each one only if it is still the record that the node read, so
  that of two nodes that heard of a user at once the second reads again. All arithmetic is the node's (src/detector).

  A record is told from another by its token, its first five bytes (store/record/codec.ts); five zeros: there was none.
  Times in the records are of this server's clock as the node reckons it. Where it is wrong (the clock was set, or it is
  another server's), nothing is replaced.
  Replay is safe: whoever repeats a call finds that the token has changed.
  What is no string reads as no record, and is not replaced either.
  Complexity: one SET a user, one XADD a shard of which somebody is announced.

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
local WRONG_TYPE = 'WRONGTYPE'
-- Where <namespace>:<user> starts in a key.
local NAME_AT = #'phid1:{p00}:u:' + 1

local writes, users, expiry_ms, stream_length = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local long_expiry_ms = ARGV[7]
local call, pcall, sub = redis.call, redis.pcall, string.sub
local unpack_head = struct.unpack
local time = call('TIME')
local now = time[1] * 1000000 + time[2]
local reckoned = tonumber(ARGV[5])
if now < reckoned or now > reckoned + ARGV[6] then return struct.pack('<d', now) end

local announced = {}
local outcomes, at = {}, 1
for i = 1, users do
  local key = KEYS[i]
  local token, bytes, stream, how, announce_at = unpack_head('<c5HBBd', writes, at)
  local start = at + HEAD_BYTES
  at = start + bytes
  local outcome = '1'
  -- Written first and compared after, in one command: two cost a fifth more. What is put back nobody has seen missing.
  local before = pcall('SET', key, sub(writes, start, at - 1), 'KEEPTTL', 'GET')
  if before and before.err then
    if sub(before.err, 1, #WRONG_TYPE) ~= WRONG_TYPE then return before end
    outcome = '2'
  elseif before and sub(before, 1, 5) ~= token then
    call('SET', key, before, 'KEEPTTL')
    outcome = '0'
  elseif not before and token ~= NO_RECORD then
    call('DEL', key)
    outcome = '0'
  elseif how >= RENEW or not before then
    call('PEXPIRE', key, how >= LONG and long_expiry_ms or expiry_ms)
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
  pcall('XADD', KEYS[users + stream], 'MAXLEN', '~', stream_length, '*', unpack(names))
end
return struct.pack('<d', now) .. table.concat(outcomes)
