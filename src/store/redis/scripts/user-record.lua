--[[
  The packed record of a user, shared by the scripts that write it. codec.ts reads the same layout.

    user     u8 format (2) | u8 sessions | session ...
    session  u8 id bytes - 1 | u8 origin bytes | u8 state | u8 activity | u16 owed | u16 samples | u32 declared ms |
             u32 rhythm ms | f64 last us | f64 base us | f64 sequence | f64 sum ms | f64 sum of squares ms2 |
             u8 adaptive bytes | adaptive | id | origin | u16 sample ... (oldest first)

  Little-endian, no padding: 2 bytes, and 57 a session beside what the adaptive model learned (adaptive.lua), its names
  and samples. The meaning of each field is in src/detector/session.ts (SessionRecord), that of a sample in
  src/detector/window.ts.
]]
local FORMAT = 2
-- States of a session: it left; its last heartbeat came out of a queue that is being released. 0: neither.
local LEFT, RELEASING = 1, 2
local SESSION = '<BBBBHHI4I4dddddB'
local SESSION_BYTES = 57

-- Number of sessions of a packed record.
local function session_count(value)
  local format, sessions = string.byte(value, 1, 2)
  if format ~= FORMAT then
    error('record has format ' .. tostring(format) .. ', this phid knows ' .. FORMAT)
  end
  return sessions
end

-- The session that starts at `pos`, and where the next one starts. What the adaptive model learned stays where it is:
-- from `learned_at` on, `learned_bytes` long.
local function read_session(value, pos)
  local id_bytes, origin_bytes, state, activity, owed, count, declared, rhythm, last, base, sequence, sum, squares,
    learned_bytes, at = struct.unpack(SESSION, value, pos)
  local id_at = at + learned_bytes
  local origin_at = id_at + id_bytes + 1
  local codes_at = origin_at + origin_bytes
  local next_at = codes_at + 2 * count
  return {
    id = string.sub(value, id_at, origin_at - 1), origin = string.sub(value, origin_at, codes_at - 1),
    state = state, activity = activity, owed = owed, declared = declared, rhythm = rhythm, last = last, base = base,
    sequence = sequence, count = count, sum = sum, squares = squares,
    learned_at = at, learned_bytes = learned_bytes, codes = string.sub(value, codes_at, next_at - 1)
  }, next_at
end

-- `learned`: packed; empty where the adaptive model learned nothing.
local function pack_session(s, learned)
  return struct.pack(SESSION, #s.id - 1, #s.origin, s.state, s.activity, s.owed, s.count, s.declared,
    s.rhythm, s.last, s.base, s.sequence, s.sum, s.squares, #learned) .. learned .. s.id .. s.origin .. s.codes
end

-- What the adaptive model learned of a session that was read from `value`, packed.
local function learned_of(value, s)
  return string.sub(value, s.learned_at, s.learned_at + s.learned_bytes - 1)
end
