--[[
  Replaces users' records by what a node made of them: each one only if it is still the record that the node read, so
  that of two nodes that heard of a user at once the second reads again. All arithmetic is the node's (src/detector).

  A record is told from another by its token, its first five bytes (store/record/codec.ts); five zeros: there was none.
  Replay is safe: whoever repeats a call finds that the token has changed.
  Complexity: one GETRANGE and one SET a user, an XADD a user who is announced.

  KEYS   users' keys, in order, then the streams of their shards
  ARGV   1 for each user, packed:  5 bytes token | u16 bytes of the record | u8 KEYS index of the stream less the users |
             u8 1: announce, 2: renew the expiry | f64 announce from this time on, us | record
         2 users   3 expiry ms   4 stream length, about
  Returns  one character a user:  1 replaced, 0 the record had changed
  Writes   the users' keys; an entry of the stream for each user of whom trackers must hear: those marked, and those
           whose silence had by now reached the time given
]]
local ANNOUNCE, RENEW = 1, 2
local HEAD_BYTES = 17
local NO_RECORD = '\0\0\0\0\0'

local writes, users, expiry_ms, stream_length = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]
local call, sub = redis.call, string.sub
local unpack_head = struct.unpack
local time = call('TIME')
local now = time[1] * 1000000 + time[2]

local outcomes, at = {}, 1
for i = 1, users do
  local key = KEYS[i]
  local token, bytes, stream, how, announce_at = unpack_head('<c5HBBd', writes, at)
  local start = at + HEAD_BYTES
  at = start + bytes
  local current = call('GETRANGE', key, 0, 4)
  if current == token or (current == '' and token == NO_RECORD) then
    if how >= RENEW then
      call('SET', key, sub(writes, start, at - 1), 'PX', expiry_ms)
    else
      call('SET', key, sub(writes, start, at - 1), 'KEEPTTL')
    end
    if how % 2 == ANNOUNCE or now >= announce_at then
      call('XADD', KEYS[users + stream], 'MAXLEN', '~', stream_length, '*', 'u', sub(key, string.find(key, ':u:', 1, true) + 3))
    end
    outcomes[i] = '1'
  else
    outcomes[i] = '0'
  end
end
return table.concat(outcomes)
