--[[
  The adaptive model on packed state: the arithmetic of src/detector/adaptive.ts and shape.ts, step by step the same.

    adaptive  u16 learned | u16 beats | u16 judged | rare | u8 on lattice | u8 watch losses |
              f64 mean | f64 slow | f64 stretch | f64 fast | f64 short | f64 long | f64 short regular |
              f64 long regular | f64 watch phi | f64 scale (follows from the others: spares the roots once a heartbeat)
    rare      u16 losses | u16 lost | u16 extra | u16 beyond x 6 | u16 loss | u16 loss again | u16 level x 6

  122 bytes. A state is unpacked into an array: the names below are its indexes. What nine of ten heartbeats leave alone
  stays packed, and is an array of its own when it is needed.

  Needs `min_samples`, `expected_interval`, `z_outage`, `min`, `max`, `floor`, `sqrt` and ARGV[3], packed (empty under
  another model):
    f64 prior scale ms | f64 watch phi of the fleet's shape | f64 z at the 6 knots, plain | the same on the lattice |
    f64 z at phi = 0, 1/8 .. 4 1/8, plain | the same on the lattice
]]
local STATE, RARE_FORMAT = '<HHHc34BBdddddddddd', '<HHHHHHHHHHHHHHHHH'
local LEARNED, BEATS, JUDGED, RARE, ON_LATTICE, WATCH_LOSSES = 1, 2, 3, 4, 5, 6
local MEAN, SLOW, STRETCH, FAST, SHORT, LONG, SHORT_REGULAR, LONG_REGULAR, WATCH, SCALE =
  7, 8, 9, 10, 11, 12, 13, 14, 15, 16
-- Not packed: z at the watch phi, by the tables of now.
local WATCH_Z = 17
local STATE_FIELDS, STATE_BYTES = 16, 122
local SESSION_STATE = SESSION .. string.sub(STATE, 2)
local LOSSES, LOST, EXTRA, BEYOND, LOSS, AGAIN, LEVEL = 1, 2, 3, 3, 10, 11, 11
local RARE_FIELDS = 17

local KNOTS, LEVEL_UNITS, SHARE_UNITS = 6, 4096, 65536
local CURVE_KNOTS = { 1, 1.5, 2, 2.5, 3, 4 }
local KNOT_SHARES = { 0.1, sqrt(0.1), sqrt(0.1), sqrt(0.1), sqrt(0.1), 0.1 }
local BEATS_MAX, JUDGED_MAX, LEARNED_MAX, COUNT_MAX, LOST_IN_A_ROW_MAX = 60000, 10000, 2000, 65535, 4
local RELEARNED, SLOWED_MAX = 20, 15
local REFIT_BEATS, WATCH_PHI, WATCH_TABLE_PHI_MAX, TABLE_STEP, PHI_MAX = 32, 0.95, 4, 1 / 8, 1000
local LATTICE_PHI_MIN, LATTICE_STEPS_MAX = 1.5, 100

local log10 = math.log10
local adaptive = #ARGV[3] > 0
local prior_scale, fleet_watch, plain_knots, lattice_knots
local FLEET_RARE = struct.pack(RARE_FORMAT, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4096, 6144, 8192, 10240, 12288, 16384)
local TABLE_POINTS = 34
local plain_table, lattice_table
if adaptive then
  prior_scale, fleet_watch = struct.unpack('<dd', ARGV[3])
  plain_knots = { struct.unpack('<dddddd', ARGV[3], 17) }
  lattice_knots = { struct.unpack('<dddddd', ARGV[3], 17 + 8 * KNOTS) }
  local format, at = '<' .. string.rep('d', TABLE_POINTS), 17 + 16 * KNOTS
  plain_table = { struct.unpack(format, ARGV[3], at) }
  lattice_table = { struct.unpack(format, ARGV[3], at + 8 * TABLE_POINTS) }
end

-- Where LATE begins by the tables of now; shape.ts: watchZ, survival-table.ts: SurvivalTable.z
local function set_watch(a)
  local points, at = a[ON_LATTICE] == 1 and lattice_table or plain_table, a[WATCH] / TABLE_STEP
  local low = floor(at)
  local z_low = points[low + 1]
  a[WATCH_Z] = z_low + (at - low) * (points[low + 2] - z_low)
end

-- adaptive.ts: takeRhythm
local function take_rhythm(a, interval)
  local ms = max(1, interval)
  a[MEAN], a[SLOW] = ms, ms
  ms = 0.1 * ms
  a[FAST], a[SHORT], a[LONG], a[SHORT_REGULAR], a[LONG_REGULAR] = ms, ms, ms, ms, ms
end

-- adaptive.ts: scaleOf
local function set_scale(a, declared)
  local interval = declared > 0 and declared or a[SLOW]
  local dispersion
  if a[ON_LATTICE] == 1 then
    dispersion = a[SHORT_REGULAR] + 0.3 * a[LONG_REGULAR]
  else
    dispersion = a[SHORT] + 0.5 * a[FAST] + 0.3 * a[LONG]
  end
  local half = sqrt(dispersion / interval + 0.0003)
  local quarter = sqrt(half)
  a[SCALE] = a[STRETCH] * interval * (half * quarter * sqrt(sqrt(quarter)))
end

-- detector.ts: newAdaptiveState
local function new_state(count, sum, declared, rhythm)
  local a = { 0, 0, 0, FLEET_RARE, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, fleet_watch, 0 }
  local known = declared
  if count > 0 then known = declared + sum / count end
  take_rhythm(a, known > 0 and known or expected_interval)
  if declared > 0 then a[SLOW] = max(1, rhythm > 0 and rhythm or expected_interval) end
  set_scale(a, declared)
  set_watch(a)
  return a
end

-- The state that is packed in `value` from `at` on.
local function unpack_state(value, at)
  local a = { struct.unpack(STATE, value, at) }
  set_watch(a)
  return a
end

local function pack_state(a)
  return struct.pack(STATE, unpack(a, 1, STATE_FIELDS))
end

-- detector.ts: Detector.estimate; returns location, scale, warming, interval, expected interval
local function place(a, s)
  local declared, location, scale = s.declared, a[MEAN], a[SCALE]
  local interval = declared > 0 and declared or a[SLOW]
  if location < declared then location = declared end
  local warming = a[LEARNED] < min_samples
  if warming and declared == 0 then
    local weight = a[LEARNED] / min_samples
    location = weight * location + (1 - weight) * expected_interval
    scale = weight * scale + (1 - weight) * prior_scale
    interval = weight * interval + (1 - weight) * expected_interval
  end
  local expected, owed = location, s.owed
  if owed > 0 and declared == 0 and owed <= SLOWED_MAX and s.state ~= RELEASING then
    location = location + max(0, (owed + 0.5) * interval - scale * a[WATCH_Z])
  end
  return location, scale, warming, interval, expected
end

-- shape.ts: watchMs, on the lattice
local function watch_on_lattice(a, location, scale, interval)
  local late = min(scale * a[WATCH_Z], interval)
  if a[WATCH_LOSSES] > 0 then late = max(0, late) end
  return location + a[WATCH_LOSSES] * interval + late
end

-- adaptive.ts: redeclare
local function redeclare(a, from, to)
  if from == to then return end
  local interval = to > 0 and to or a[SLOW]
  a[MEAN] = max(1, interval / 2, a[MEAN] + interval - (from > 0 and from or a[SLOW]))
end

local function unpack_rare(a)
  return { struct.unpack(RARE_FORMAT, a[RARE]) }
end

local function pack_rare(a, rare)
  a[RARE] = struct.pack(RARE_FORMAT, unpack(rare, 1, RARE_FIELDS))
end

-- adaptive.ts: judge
local function judge(a, z)
  local knots = a[ON_LATTICE] == 1 and lattice_knots or plain_knots
  local judged = a[JUDGED] + 1
  local is_beyond = z > knots[1]
  a[JUDGED] = judged
  local stretch = a[STRETCH] * (is_beyond and 1 + 0.01 * 0.9 or 1 - 0.01 * 0.1)
  if stretch > 20 then stretch = 20 elseif stretch < 0.01 then stretch = 0.01 end
  a[STRETCH] = stretch
  if not is_beyond and judged < JUDGED_MAX then return end
  local rare = unpack_rare(a)
  for j = 1, KNOTS do
    if z <= knots[j] then break end
    rare[BEYOND + j] = rare[BEYOND + j] + 1
  end
  if judged >= JUDGED_MAX then
    a[JUDGED] = floor(judged / 2)
    for i = BEYOND + 1, BEYOND + KNOTS do rare[i] = floor(rare[i] / 2) end
  end
  pack_rare(a, rare)
end

-- shape.ts: toFleet
local function to_fleet(levels, phi)
  local level, below, knot_below = phi * LEVEL_UNITS, 0, 0
  for j = 1, KNOTS do
    local at, knot = levels[j], CURVE_KNOTS[j]
    if level <= at then return knot_below + ((knot - knot_below) * (level - below)) / (at - below) end
    below, knot_below = at, knot
  end
  return knot_below + phi - below / LEVEL_UNITS
end

-- shape.ts: fitShape
local function fit_shape(a, dispersion)
  local rare = unpack_rare(a)
  local share = (rare[LOSSES] + 2) / (a[BEATS] + 400)
  local on_lattice = rare[LOSSES] >= 1 and dispersion < 0.05 and share < 0.15
  a[ON_LATTICE] = on_lattice and 1 or 0
  local loss = floor(max(0.003, share) * SHARE_UNITS)
  local again = floor((rare[EXTRA] + 0.3) / (rare[LOST] + 5) * SHARE_UNITS)
  local levels, level, prior, before = {}, 0, 300, a[JUDGED]
  for j = 1, KNOTS do
    local beyond = rare[BEYOND + j]
    level = level - log10((prior * KNOT_SHARES[j] + beyond) / (prior + before))
    levels[j] = min(65535, floor(level * LEVEL_UNITS + 0.5))
    rare[LEVEL + j] = levels[j]
    prior, before = 6, beyond
  end
  rare[LOSS], rare[AGAIN] = loss, again
  pack_rare(a, rare)
  -- shape.ts: crossingOf
  local losses, phi = 0, WATCH_PHI
  if on_lattice then
    local target = 10 ^ -WATCH_PHI
    again = again / SHARE_UNITS
    local at_least, more = 1, loss / SHARE_UNITS
    while more >= target and losses < LATTICE_STEPS_MAX do
      at_least, more, losses = more, more * again, losses + 1
    end
    share = (target - more) / (at_least - more)
    phi = share > 0 and -log10(share) or PHI_MAX
    if losses > 0 then phi = max(LATTICE_PHI_MIN, phi) end
  end
  a[WATCH_LOSSES] = losses
  a[WATCH] = min(to_fleet(levels, phi), WATCH_TABLE_PHI_MAX)
  set_watch(a)
end

-- adaptive.ts: learn; returns whether the shape was fitted anew
local function learn(a, gap, lost, declared, warming, scale, is_new_rhythm)
  local beats = a[BEATS] + 1
  a[BEATS] = beats
  local is_first = a[LEARNED] == 0 and declared == 0
  local is_full = beats >= BEATS_MAX
  if is_full or (lost > 0 and not is_first) then
    local rare = unpack_rare(a)
    if lost > 0 and not is_first then
      local counted = min(lost, LOST_IN_A_ROW_MAX)
      rare[LOSSES] = rare[LOSSES] + 1
      rare[LOST] = min(COUNT_MAX, rare[LOST] + counted)
      rare[EXTRA] = min(COUNT_MAX, rare[EXTRA] + counted - 1)
    end
    if is_full then
      a[BEATS] = floor(beats / 2)
      for i = LOSSES, EXTRA do rare[i] = floor(rare[i] / 2) end
    end
    pack_rare(a, rare)
  end
  if is_first or is_new_rhythm then
    take_rhythm(a, gap / (lost + 1))
    a[LEARNED] = is_first and 1 or min(a[LEARNED], RELEARNED)
    return false
  end
  -- Comparisons instead of min and max: a call costs as much as the rest of a line.
  local interval, mean = declared, a[MEAN]
  if declared == 0 then
    interval = a[SLOW]
  elseif gap < mean - scale then
    gap = mean - scale
  end
  local n = a[LEARNED] + 1
  if n > LEARNED_MAX then n = LEARNED_MAX end
  local least, fast_gain, short_gain = 1 / (n + 1), 0.4, 0.05
  if least > fast_gain then fast_gain = least end
  if least > short_gain then short_gain = least end
  local clip = scale * z_outage
  if clip < interval then clip = interval end
  local regular = gap
  if lost > 0 then
    regular = gap - lost * interval
    if regular < 0 then regular = 0 end
  end

  local deviation = gap - mean
  if deviation < 0 then deviation = -deviation end
  if deviation > clip then deviation = clip end
  local fast, short = a[FAST], a[SHORT]
  a[FAST] = fast + fast_gain * (deviation - fast)
  short = short + short_gain * (deviation - short)
  a[SHORT] = short
  a[LONG] = a[LONG] + (short - a[LONG]) / n
  deviation = regular - mean
  if deviation < 0 then deviation = -deviation end
  if deviation > clip then deviation = clip end
  short = a[SHORT_REGULAR]
  short = short + short_gain * (deviation - short)
  a[SHORT_REGULAR] = short
  a[LONG_REGULAR] = a[LONG_REGULAR] + (short - a[LONG_REGULAR]) / n

  local clipped = regular
  if not warming and clipped > 3 * mean then clipped = 3 * mean end
  mean = mean + short_gain * (clipped - mean)
  a[MEAN] = mean < 1 and 1 or mean
  if declared == 0 then
    interval = interval + (clipped - interval) * least
    if interval < 1 then interval = 1 end
    a[SLOW] = interval
  end
  a[LEARNED] = n
  if a[BEATS] % REFIT_BEATS ~= 0 then return false end
  fit_shape(a, a[LONG_REGULAR] / interval)
  return true
end
