-- Begins a session, and ends the oldest of a user who has too many.
-- KEYS: the session, the user's list.
-- ARGV: user, token hash, client, address, now, idle, life, most, id, prefixes of sessions and of used hashes.
local now, idle, life = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
redis.call('HSET', KEYS[1], 'user', ARGV[1], 'current', ARGV[2], 'agent', ARGV[3], 'address', ARGV[4],
  'began', ARGV[5], 'used', ARGV[5], 'ends', now + life)
redis.call('PEXPIRE', KEYS[1], math.min(idle, life))
redis.call('ZADD', KEYS[2], now, ARGV[9])
redis.call('PEXPIRE', KEYS[2], life)
local surplus = redis.call('ZCARD', KEYS[2]) - tonumber(ARGV[8])
if surplus > 0 then
  for _, old in ipairs(redis.call('ZRANGE', KEYS[2], 0, surplus - 1)) do
    redis.call('DEL', ARGV[10] .. old, ARGV[11] .. old)
    redis.call('ZREM', KEYS[2], old)
  end
end
return 1
