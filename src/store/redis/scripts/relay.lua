--[[
  Puts a message for a node into its inbox, from which its feed takes it. What is too old, or too much, goes: nothing depends
  on it.

  KEYS   1 inbox of the node, a stream
  ARGV   1 message   2 messages kept, about   3 expiry ms
  Returns  nothing
  Writes   KEYS 1: an entry with the field `a`
]]
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[2], '*', 'a', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
