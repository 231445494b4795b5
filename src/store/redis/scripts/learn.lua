--[[
  Adds what a node counted of a namespace's heartbeats to what all nodes counted, and returns the sum. Counts decay with
  a half-life, lazily: whoever comes next takes off what the time since the last call costs.

  Every value is decayed and added to alike, so the script knows nothing of what they count (fleet-counts.ts does).
  Complexity: O(values). Not idempotent: what is sent twice counts twice. That is harmless, because a few seconds of
  one node weigh little in a day of all. A sum that is damaged is begun anew.

  KEYS   1 document of the namespace
  ARGV   1 counts since the last call, packed: f64 ...   2 half-life ms   3 expiry ms
  Returns  { the sum of all nodes, packed: f64 ..., as many as were sent; 1 where it was begun anew, else 0 }
  Writes   the document, packed: f64 time of this call us | f64 sum ...
]]
local key = KEYS[1]
local delta, half_life, expiry = ARGV[1], tonumber(ARGV[2]), ARGV[3]

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local known = redis.call('GET', key)

local sum, is_damaged = delta, 0
if known and #known == 8 + #delta then
  -- A clock that was set back must not make counts grow.
  local elapsed_ms = math.max(0, now - struct.unpack('<d', known)) / 1000
  local kept = 2 ^ (-elapsed_ms / half_life)
  local parts = {}
  for at = 1, #delta, 8 do
    local added, before = struct.unpack('<d', delta, at), struct.unpack('<d', known, at + 8)
    local value = before * kept + added
    -- No count is below 0, but for rounding; NaN and infinity would stay for ever.
    if not (value > -1 and value < 2 ^ 53) then is_damaged = 1 end
    parts[#parts + 1] = struct.pack('<d', value)
  end
  if is_damaged == 0 then sum = table.concat(parts) end
elseif known then
  is_damaged = 1
end
redis.call('SET', key, struct.pack('<d', now) .. sum, 'PX', expiry)
return { sum, is_damaged }
