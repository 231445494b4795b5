--[[
  Puts holds in the place of those of the same name, and returns all that have not ended, or not long ago.

  Complexity: O(holds). Idempotent.

  KEYS   1 hash of the deployment: name -> "<from us> <until us> <release us>"   2 stream of the shard
  ARGV   1 holds kept at most: those that end last   2 how long after their end, us   3 stream length, about
         4.. name, value; perhaps none
  Returns  { name, value, ... } of those kept, and of those that cannot be read
  Writes   the hash; the others are removed, but for those that cannot be read: a newer phid may have written them; an entry of the stream, so that the other nodes ask
]]
local key, kept, kept_us = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])

for i = 4, #ARGV, 2 do
  redis.call('HSET', key, ARGV[i], ARGV[i + 1])
end
if #ARGV > 3 then
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'd', '')
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local holds = redis.call('HGETALL', key)
local open, unreadable = {}, {}
for i = 1, #holds, 2 do
  local until_us, release_us = string.match(holds[i + 1], ' (%d+) (%d+)$')
  local ends = until_us and until_us + release_us
  if not ends then
    unreadable[#unreadable + 1] = i
  elseif ends + kept_us > now then
    open[#open + 1] = { ends, holds[i], holds[i + 1] }
  else
    redis.call('HDEL', key, holds[i])
  end
end
table.sort(open, function(a, b) return a[1] > b[1] or (a[1] == b[1] and a[2] < b[2]) end)
local answer = {}
for i = 1, #open do
  if i <= kept then
    answer[#answer + 1] = open[i][2]
    answer[#answer + 1] = open[i][3]
  else
    redis.call('HDEL', key, open[i][2])
  end
end
for _, i in ipairs(unreadable) do
  answer[#answer + 1] = holds[i]
  answer[#answer + 1] = holds[i + 1]
end
return answer
