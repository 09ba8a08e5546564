-- Replaces a session's refresh token, or finds that it was replaced before.
-- KEYS: the session, the hashes that were used.
-- ARGV: presented hash, new hash, sealed new token, client's hash, now, grace, idle.
local f = redis.call('HMGET', KEYS[1], 'current', 'previous', 'sealed', 'client', 'rotated', 'user', 'ends')
if not f[1] then return {'gone'} end
local now = tonumber(ARGV[5])
local left = tonumber(f[7]) - now
if left <= 0 then
  redis.call('DEL', KEYS[1], KEYS[2])
  return {'gone'}
end
if f[1] == ARGV[1] then
  redis.call('HSET', KEYS[1], 'current', ARGV[2], 'previous', ARGV[1], 'sealed', ARGV[3], 'client', ARGV[4], 'rotated', ARGV[5], 'used', ARGV[5])
  redis.call('SADD', KEYS[2], ARGV[1])
  local ttl = math.min(left, tonumber(ARGV[7]))
  redis.call('PEXPIRE', KEYS[1], ttl)
  redis.call('PEXPIRE', KEYS[2], ttl)
  return {'rotated'}
end
if f[2] == ARGV[1] and f[4] == ARGV[4] and now - tonumber(f[5]) <= tonumber(ARGV[6]) then
  return {'same', f[3]}
end
-- A hash that was never used is no token of this session's: whoever knows only
-- the session's name must not be able to end it.
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then
  redis.call('DEL', KEYS[1], KEYS[2])
  return {'reused', f[6]}
end
return {'unknown'}
