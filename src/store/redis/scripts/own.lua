--[[
  Claims a shard for a node, takes the report of the node that owns it, or says what that was last.

  Complexity: O(1). A claim that is repeated is the same claim; a report that is repeated, the same report.

  KEYS   1 hash of the shard: `owner` -> claim, `report` -> JSON, `log` -> name of its logs, `t<namespace>` (append.lua)
  ARGV   1 claim; empty: only ask   2 the report; empty: claim the shard   3 a name for the logs, if they have none yet
  Returns  to ask and to claim: the last report, of whatever owner, or nil   to report: 1; 0 when another claim holds
  Writes   the hash
]]
local shard = KEYS[1]
local claim, report, log = ARGV[1], ARGV[2], ARGV[3]

if claim == '' then return redis.call('HGET', shard, 'report') end
if report == '' then
  redis.call('HSET', shard, 'owner', claim)
  redis.call('HSETNX', shard, 'log', log)
  return redis.call('HGET', shard, 'report')
end
if redis.call('HGET', shard, 'owner') ~= claim then return 0 end
redis.call('HSET', shard, 'report', report)
return 1
