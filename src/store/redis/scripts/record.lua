--[[
  Records a batch of heartbeats of one namespace and one shard: the arithmetic of src/detector (session.ts, user.ts,
  detector.ts) on packed records, step by step the same; test/store/equivalence.test.ts holds the two together.

  Arrival = TIME - age, so the only clock is the one of Redis. Replay and reordering are safe: an arrival older than
  the record changes nothing, a sequence number seen before proves life and is no sample.
  Complexity: one GET and one SET a heartbeat, O(bytes of the record).

  KEYS   1 shard stream   2.. user key of each heartbeat, in order
  ARGV   1 parameters, packed:  u8 model (0 normal, 1 exponential, 2 adaptive) | u16 window | u16 min samples |
             f64 expected interval ms | f64 acceptable pause ms | f64 min std dev ms | f64 max silence ms |
             f64 z outage | f64 z watchable min | f64 z watchable max | f64 retention ms | f64 stream length, about |
             u16 sessions of a user at most
         2 heartbeats, packed, for each:  f64 age us | f64 sequence | u32 declared ms | u8 activity |
             u8 session id bytes - 1 | u8 origin bytes | session id | origin
         3 what the adaptive model needs, packed (adaptive.lua)
  Returns  packed:  f64 now us, then for each heartbeat  u16 flags | u32 lost | f64 z | f64 scale ms | f64 silence ms
  Writes   the user keys; an entry of the shard stream for each arrival that trackers must hear of
]]
-- @include user-record
local FIRST_SEEN, LATE, DUPLICATE, BURST, STALE, EARLIER, UNREADABLE, WARMING, LATTICE =
  1, 2, 4, 8, 16, 32, 64, 128, 256
local SAMPLE_MAX = 2096640
local OWED_MAX, LOST_MAX = 65535, 65535
local LEARNED_GAP_INTERVALS = 3
local FIRST_LOST_MAX, LOST_EXCESS = 20, 1.5
local PRIOR_STD_DEV_SHARE = 0.25
local SCALE_MIN = 1
local EXPONENTIAL = 1

local model, window, min_samples, expected_interval, pause, min_std_dev, max_silence, z_outage, z_min, z_max,
  retention_ms, stream_length, sessions_max = struct.unpack('<BHHdddddddddH', ARGV[1])
local heartbeats = ARGV[2]
local stream = KEYS[1]
local floor, min, max, sqrt, frexp = math.floor, math.min, math.max, math.sqrt, math.frexp
local byte, char, sub = string.byte, string.char, string.sub
-- @include adaptive
local retention = string.format('%.0f', retention_ms)

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

-- window.ts: decodeSample
local function decode(code)
  local sign = 1
  if code >= 32768 then
    sign, code = -1, code - 32768
  end
  local mantissa = code % 2048
  if code < 2048 then return sign * mantissa end
  return sign * (2048 + mantissa) * 2 ^ ((code - mantissa) / 2048 - 1)
end

-- window.ts: encodeSample
local function encode(sample)
  local sign = 0
  if sample < 0 then
    sign, sample = 32768, -sample
  end
  local magnitude = min(floor(sample + 0.5), SAMPLE_MAX)
  if magnitude < 2048 then return magnitude == 0 and 0 or sign + magnitude end
  local _, bits = frexp(magnitude)
  local exponent = bits - 11
  local mantissa = floor(magnitude / 2 ^ (exponent - 1) + 0.5) - 2048
  return sign + exponent * 2048 + mantissa
end

local function pack_code(code)
  local low = code % 256
  return char(low, (code - low) / 256)
end

-- window.ts: SampleWindow.push
local function push(s, sample)
  local excess = s.count - window + 1
  if excess > 0 then
    for i = 1, excess do
      local low, high = byte(s.codes, 2 * i - 1, 2 * i)
      local dropped = decode(low + 256 * high)
      s.sum = s.sum - dropped
      s.squares = s.squares - dropped * dropped
    end
    s.codes = sub(s.codes, 2 * excess + 1)
    s.count = s.count - excess
  end
  local code = encode(sample)
  local kept = decode(code)
  s.codes = s.codes .. pack_code(code)
  s.count = s.count + 1
  s.sum = s.sum + kept
  s.squares = s.squares + kept * kept
end

-- window.ts: SampleWindow.shift
local function shift(s, offset, least)
  local codes, sum, squares = {}, 0, 0
  for i = 1, s.count do
    local low, high = byte(s.codes, 2 * i - 1, 2 * i)
    local code = encode(max(least, decode(low + 256 * high) + offset))
    local kept = decode(code)
    codes[i] = pack_code(code)
    sum = sum + kept
    squares = squares + kept * kept
  end
  s.codes, s.sum, s.squares = table.concat(codes), sum, squares
end

local function mean_of(s)
  return s.count == 0 and 0 or s.sum / s.count
end

-- detector.ts: Detector.estimate under a model that does not learn; returns expected interval, location, scale, warming
local function estimate(s)
  local n, declared = s.count, s.declared
  local mean = mean_of(s)
  local variance = n == 0 and 0 or (n * s.squares - s.sum * s.sum) / (n * n)
  local warming = n < min_samples
  if warming then
    local prior_mean = declared > 0 and 0 or expected_interval
    local prior_std_dev = (declared > 0 and declared or expected_interval) * PRIOR_STD_DEV_SHARE
    local weight = n / min_samples
    local offset = mean - prior_mean
    mean = weight * mean + (1 - weight) * prior_mean
    variance = weight * variance + (1 - weight) * (prior_std_dev * prior_std_dev)
      + weight * (1 - weight) * (offset * offset)
  end
  local expected = declared > 0 and declared + max(0, mean) or mean
  if model == EXPONENTIAL then return expected, 0, max(expected, SCALE_MIN), warming end
  return expected, expected + pause, max(sqrt(variance), min_std_dev, SCALE_MIN), warming
end

-- session.ts: comesEarlier, off the lattice
local function earlier(z_low, z_top, moved, location, scale, new_location, new_scale)
  local later, grown = new_location - location, new_scale - scale
  if location + scale * z_low >= max_silence then return moved + new_location + new_scale * z_low < max_silence end
  local z_high = max(z_low, min(z_top, (max_silence - location) / scale))
  return moved + later + z_low * grown < 0 or moved + later + z_high * grown < 0
end

-- session.ts: comesEarlier, on the lattice
local function earlier_on_lattice(a, moved, location, scale, interval, new_location, new_scale, new_interval)
  local later = moved + (new_location - location)
  local grown, wider = new_scale - scale, new_interval - interval
  local z_low = a[WATCH_LOSSES] > 0 and 0 or min(0, a[WATCH_Z])
  local z_high = interval / scale
  local steps = max(0, math.ceil((max_silence - location) / interval)) * wider
  return later + z_low * grown < 0 or later + z_high * grown < 0
    or later + steps + z_low * grown < 0 or later + steps + z_high * grown < 0
end

-- session.ts: accept
local function accept(s, h, a)
  if a then redeclare(a, s.declared, h.declared) end
  if s.declared == 0 and h.declared > 0 then
    s.rhythm = floor(mean_of(s) + 0.5)
    shift(s, -s.rhythm, -SAMPLE_MAX)
  elseif s.declared > 0 and h.declared == 0 then
    local rhythm = s.rhythm > 0 and s.rhythm or expected_interval
    shift(s, rhythm, rhythm / 2)
  end
  s.last, s.base, s.declared, s.activity, s.origin = h.at, h.at, h.declared, h.activity, h.origin
end

-- session.ts: sample
local function sample(s, gap, expected, location, scale, warming)
  local due = s.declared > 0 and s.declared or expected
  if gap < due / 2 and (s.owed > 0 or s.declared > 0) then
    if s.owed > 0 then s.owed = s.owed - 1 end
    return false
  end
  local again = s.owed > 0
  s.owed = gap >= 2 * due and due > 0 and min(OWED_MAX, floor(gap / due) - 1) or 0
  local limit = location + scale * z_outage
  if warming or again then limit = max(limit, LEARNED_GAP_INTERVALS * due) end
  limit = min(limit, max_silence)
  push(s, min(gap, limit) - s.declared)
  return true
end

-- session.ts: arrive; returns flags, lost, z, scale ms, silence ms, adaptive state. STALE: s is unchanged. `value`: the
-- record that s was read from.
local function arrive(s, h, value)
  local known = s.state == LEFT and s.base or s.last
  local ahead = known > now
  if h.at < known and not ahead then return STALE, 0, 0, 0, 0 end
  local a
  if adaptive then
    a = s.learned_bytes > 0 and unpack_state(value, s.learned_at) or new_state(s.count, s.sum, s.declared, s.rhythm)
  end
  if s.state == LEFT or ahead then
    s.state, s.owed, s.sequence = 0, 0, h.sequence
    accept(s, h, a)
    if a then set_scale(a, s.declared) end
    return FIRST_SEEN, 0, 0, 0, 0, a
  end

  local expected, location, scale, warming, interval, watch
  if a then
    location, scale, warming, interval, expected = place(a, s)
    watch = a[ON_LATTICE] == 1 and watch_on_lattice(a, location, scale, interval) or location + scale * a[WATCH_Z]
  else
    expected, location, scale, warming = estimate(s)
    interval, watch = expected, location + scale * z_min
  end
  local last = s.last
  local silence, seen = (h.at - last) / 1000, (now - last) / 1000
  local flags, lost, explained = 0, 0, 0
  if seen >= watch or seen >= max_silence then flags = LATE end

  local numbered = h.sequence > 0 and s.sequence > 0
  local restarted = numbered and h.sequence == 1 and s.sequence > 1
  local duplicate = numbered and not restarted and h.sequence <= s.sequence
  local gap = (h.at - s.base) / 1000
  if numbered and h.sequence > s.sequence then
    lost = min(LOST_MAX, h.sequence - s.sequence - 1)
    -- session.ts: explainedLosses
    if a and a[LEARNED] == 0 and s.declared == 0 then
      if lost <= FIRST_LOST_MAX then explained = lost end
    elseif (lost + 1) * interval <= LOST_EXCESS * gap then
      explained = lost
    end
  end
  local on_lattice = a and a[ON_LATTICE] == 1
  local z
  if on_lattice then
    z = (max(0, silence - explained * interval) - location) / scale
    flags = flags + LATTICE
  else
    z = (silence - location) / scale
  end
  if a and warming then flags = flags + WARMING end

  local reshaped = false
  if duplicate then
    flags = flags + DUPLICATE
    s.last = h.at
  else
    local releasing = s.state == RELEASING
    s.state = 0
    if restarted then
      s.owed = 0
    else
      local owed = s.owed
      local is_sample = sample(s, gap, expected, location, scale, warming)
      if not is_sample then
        flags, s.state = flags + BURST, RELEASING
      end
      if a and is_sample then s.owed = max(0, s.owed - explained) end
      if a then
        if not warming then judge(a, z) end
        -- session.ts: repeats
        local is_new_rhythm = not warming and is_sample and not releasing and explained == 0 and s.declared == 0 and s.owed >= 3 and owed >= 3
          and math.abs(s.owed - owed) <= 1 + owed / 4
        reshaped = learn(a, gap, explained, s.declared, warming, scale, is_new_rhythm)
      end
    end
    if h.sequence > 0 then s.sequence = h.sequence end
    accept(s, h, a)
  end

  local moved = (s.last - last) / 1000
  local sooner
  if a then
    set_scale(a, s.declared)
    local new_location, new_scale, _, new_interval = place(a, s)
    if reshaped then
      sooner = true
    elseif on_lattice then
      sooner = earlier_on_lattice(a, moved, location, scale, interval, new_location, new_scale, new_interval)
    else
      sooner = earlier(a[WATCH_Z], math.huge, moved, location, scale, new_location, new_scale)
    end
  else
    local _, new_location, new_scale = estimate(s)
    sooner = earlier(z_min, z_max, moved, location, scale, new_location, new_scale)
  end
  if sooner then flags = flags + EARLIER end
  return flags, lost, z, scale, silence, a
end

-- user.ts: recordHeartbeat, for a session that the record does not hold; returns the new record
local function add_session(value, h)
  local alive, pos, least_alive, least_heard = {}, 3, nil, nil
  local donor
  for _ = 1, value and session_count(value) or 0 do
    local s, next_at = read_session(value, pos)
    if not donor or s.last > donor.last then donor = s end
    if (h.at - max(s.last, s.base)) / 1000 < max_silence then
      alive[#alive + 1] = s
      local heard = s.state == LEFT and 0 or s.last
      if not least_heard or heard < least_heard then
        least_alive, least_heard = #alive, heard
      end
    end
    pos = next_at
  end
  if #alive >= sessions_max then table.remove(alive, least_alive) end
  local learned = ''
  if adaptive then
    -- user.ts: donorOf; session.ts: newSession
    local a = donor and donor.learned_bytes > 0 and unpack_state(value, donor.learned_at)
    if a and (donor.state == LEFT or (h.at - donor.last) / 1000 >= a[MEAN]) then
      redeclare(a, donor.declared, h.declared)
      set_scale(a, h.declared)
    else
      a = new_state(0, 0, h.declared, 0)
    end
    learned = pack_state(a)
  end
  alive[#alive + 1] = {
    id = h.id, origin = h.origin, state = 0, activity = h.activity, owed = 0, declared = h.declared, rhythm = 0,
    last = h.at, base = h.at, sequence = h.sequence, count = 0, sum = 0, squares = 0,
    codes = ''
  }
  local parts = { char(FORMAT, #alive) }
  for i = 1, #alive do
    parts[i + 1] = pack_session(alive[i], i == #alive and learned or learned_of(value, alive[i]))
  end
  return table.concat(parts)
end

-- The numbers of a session, packed at once with its adaptive state.
local function pack_numbers(s, a)
  if not a then
    return struct.pack(SESSION, #s.id - 1, #s.origin, s.state, s.activity, s.owed, s.count, s.declared,
      s.rhythm, s.last, s.base, s.sequence, s.sum, s.squares, 0)
  end
  return struct.pack(SESSION_STATE, #s.id - 1, #s.origin, s.state, s.activity, s.owed, s.count, s.declared,
    s.rhythm, s.last, s.base, s.sequence, s.sum, s.squares, STATE_BYTES, unpack(a, 1, STATE_FIELDS))
end

-- Where the session with this id starts in a packed record; nil when the record does not hold it.
local function find_session(value, id)
  local pos = 3
  for _ = 1, session_count(value) do
    local id_bytes, origin_bytes, low, high = byte(value, pos), byte(value, pos + 1), byte(value, pos + 6, pos + 7)
    local id_at = pos + SESSION_BYTES + byte(value, pos + SESSION_BYTES - 1)
    if sub(value, id_at, id_at + id_bytes) == id then return pos end
    pos = id_at + id_bytes + 1 + origin_bytes + 2 * (low + 256 * high)
  end
end

local results, cursor = { struct.pack('<d', now) }, 1
for i = 2, #KEYS do
  local key, h = KEYS[i], {}
  local age, id_bytes, origin_bytes
  age, h.sequence, h.declared, h.activity, id_bytes, origin_bytes, cursor = struct.unpack('<ddI4BBB', heartbeats, cursor)
  h.at = now - age
  h.id = sub(heartbeats, cursor, cursor + id_bytes)
  cursor = cursor + id_bytes + 1
  h.origin = sub(heartbeats, cursor, cursor + origin_bytes - 1)
  cursor = cursor + origin_bytes

  local value = redis.call('GET', key)
  local flags, lost, z, scale, silence = FIRST_SEEN, 0, 0, 0, 0
  if value and byte(value) ~= FORMAT then
    flags = UNREADABLE
  else
    local pos = value and find_session(value, h.id)
    if pos then
      local s, next_at = read_session(value, pos)
      local a
      flags, lost, z, scale, silence, a = arrive(s, h, value)
      if flags ~= STALE then
        value = sub(value, 1, pos - 1) .. pack_numbers(s, a) .. s.id .. s.origin .. s.codes .. sub(value, next_at)
      end
    else
      value = add_session(value, h)
    end
    redis.call('SET', key, value, 'PX', retention)
    if flags % 4 > 0 or flags % 64 >= EARLIER then
      redis.call('XADD', stream, 'MAXLEN', '~', stream_length, '*', 'u', sub(key, string.find(key, ':u:', 1, true) + 3))
    end
  end
  results[i] = struct.pack('<HI4ddd', flags, lost, z, scale, silence)
end
return table.concat(results)
