-- Decides one operation on the buckets of one key, for all rates at once.
--
-- The deficit of a bucket is the time in which its missing tokens refill; a full bucket has none.
-- Every time is a pair: whole microseconds, and the remaining nanoseconds (0 to 999).
--
-- KEYS[1]  the key. Its value is the time of the last write, in microseconds since 1970. The
--          deficit of each rate at that time follows:
--          1767225600000000:54000000:0:3599990000:500
-- ARGV     h(it), p(eek) or r(efund). For each rate follow the time to fill an empty bucket, and the
--          cost, as the time in which it refills. Tests append the clock, in microseconds since 1970.
-- returns  the deficit of each rate: before a hit or peek, or after a refund.
--          54000000:0:3599990000:500
--          For a single rate it is an integer of nanoseconds, if a double can represent it. If a
--          rate denies, its deficit includes the time by which the clock is behind. The answer is
--          never a table, because Redis writes every reply table to the socket separately.
--
-- A double represents integers up to 2^53 exactly. That is enough for 140 years and the time since
-- 1970 in microseconds, but not in nanoseconds. With pairs, the arithmetic is exact.
--
-- Redis runs one script at a time, so this script avoids slow operations. It looks up globals once.
-- It converts strings with "+ 0", which is faster than tonumber. It formats integers with "%d",
-- which is exact and faster than the 17 digits that Redis would write.

local call, format = redis.call, string.format
local key, operation = KEYS[1], ARGV[1]
local arguments = #ARGV
local rates = (arguments - 1 - (arguments - 1) % 4) / 4
local testClock = ARGV[4 * rates + 2]
local clock
if testClock then
  clock = testClock + 0
else
  local time = call('TIME')
  clock = time[1] * 1000000 + time[2]
end

local value = call('GET', key)

-- Fast path without tables, for most calls: a hit on a bucket of one rate, with a clock that has
-- not been set back. All other cases fall through to the general path.
if rates == 1 and operation == 'h' then
  local written, deficit, deficitNanos = clock, 0, 0
  if value then
    local timeDigits, microDigits, nanoDigits = string.match(value, '^(%d+):(%d+):(%d+)$')
    if timeDigits and #timeDigits <= 16 and #microDigits <= 16 and #nanoDigits <= 3 then
      written, deficit, deficitNanos = timeDigits + 0, microDigits + 0, nanoDigits + 0
    else
      written = nil
    end
  end
  local fill, cost = ARGV[2] + 0, ARGV[4] + 0
  if written and written <= clock and cost > 0 then
    deficit = deficit - (clock - written)
    if deficit < 0 then
      deficit, deficitNanos = 0, 0
    end
    -- A larger deficit means that the rate was changed to one that fills sooner.
    if deficit < fill then
      local newDeficit, newDeficitNanos = deficit + cost, deficitNanos + ARGV[5]
      local excess = newDeficit - fill
      if not (excess > 1 or excess > -2 and excess * 1000 + newDeficitNanos - ARGV[3] > 0) then
        if newDeficitNanos > 999 then
          newDeficit, newDeficitNanos = newDeficit + 1, newDeficitNanos - 1000
        end
        local state = format('%d:%d:%d', clock, newDeficit, newDeficitNanos)
        if testClock then
          call('SET', key, state)
        else
          call('SET', key, state, 'PXAT', format('%d', (clock + newDeficit + 1000) / 1000))
        end
      end
      if deficit < 9007199254740 then
        return deficit * 1000 + deficitNanos
      end
      return format('%d:%d', deficit, deficitNanos)
    end
  end
end

local deficits, deficitsNanos = {}, {}
local count = 0
local lastWrite = clock
if value then
  local written, position = string.match(value, '^(%d+)()')
  while position and position <= #value do
    local microDigits, nanoDigits, nextPosition = string.match(value, '^:(%d+):(%d+)()', position)
    if not microDigits or #microDigits > 16 or #nanoDigits > 3 or count == 16 then
      position = nil
    else
      count = count + 1
      deficits[count], deficitsNanos[count] = microDigits + 0, nanoDigits + 0
      position = nextPosition
    end
  end
  if position and count > 0 and #written <= 16 then
    lastWrite = written + 0
  else
    -- An unreadable value counts as a full bucket.
    count = 0
  end
end
for index = count + 1, rates do
  deficits[index], deficitsNanos[index] = 0, 0
end
if count < rates then
  count = rates
end

local now = clock
local changed = false
if lastWrite < clock then
  local elapsed = clock - lastWrite
  for index = 1, count do
    deficits[index] = deficits[index] - elapsed
    if deficits[index] < 0 then
      deficits[index], deficitsNanos[index] = 0, 0
    end
  end
elseif lastWrite > clock then
  -- The clock was set back. Refilling stops until the clock has caught up. If that would take
  -- longer than filling an empty bucket, the deficits restart at the new time instead.
  now = lastWrite
  for rate = 1, rates do
    if lastWrite - clock > ARGV[4 * rate - 2] + 0 then
      now = clock
      changed = true
    end
  end
end

local granted = operation == 'h'
local answer = ''
for rate = 1, rates do
  local offset = 4 * rate - 2
  local fill, fillNanos = ARGV[offset] + 0, ARGV[offset + 1] + 0
  local cost, costNanos = ARGV[offset + 2] + 0, ARGV[offset + 3] + 0
  local deficit, deficitNanos = deficits[rate], deficitsNanos[rate]
  if deficit > fill or deficit == fill and deficitNanos > fillNanos then
    -- The rate was changed; a deficit cannot exceed the time to fill.
    deficit, deficitNanos = fill, fillNanos
    changed = true
  end
  if operation == 'r' then
    if deficit > 0 or deficitNanos > 0 then
      changed = changed or cost > 0 or costNanos > 0
    end
    deficit, deficitNanos = deficit - cost, deficitNanos - costNanos
    if deficitNanos < 0 then
      deficit, deficitNanos = deficit - 1, deficitNanos + 1000
    end
    if deficit < 0 then
      deficit, deficitNanos = 0, 0
    end
  end
  deficits[rate], deficitsNanos[rate] = deficit, deficitNanos
  if operation ~= 'r' then
    local excess, excessNanos = deficit + cost - fill, deficitNanos + costNanos - fillNanos
    -- Beyond 1 µs, the nanoseconds cannot change the sign.
    if excess > 1 or excess > -2 and excess * 1000 + excessNanos > 0 then
      granted = false
      deficit = deficit + (now - clock)
    end
  end
  if rates == 1 and deficit < 9007199254740 then
    answer = deficit * 1000 + deficitNanos
  else
    answer = answer .. format(rate == 1 and '%d:%d' or ':%d:%d', deficit, deficitNanos)
  end
end

if granted then
  for rate = 1, rates do
    local cost, costNanos = ARGV[4 * rate] + 0, ARGV[4 * rate + 1] + 0
    deficits[rate], deficitsNanos[rate] = deficits[rate] + cost, deficitsNanos[rate] + costNanos
    if deficitsNanos[rate] > 999 then
      deficits[rate], deficitsNanos[rate] = deficits[rate] + 1, deficitsNanos[rate] - 1000
    end
    changed = changed or cost > 0 or costNanos > 0
  end
end

if changed and operation ~= 'p' then
  local state = format('%d', now)
  local maxDeficit = 0
  local fullSuffix = ''
  for index = 1, count do
    if deficits[index] > 0 or deficitsNanos[index] > 0 then
      state = state .. fullSuffix .. format(':%d:%d', deficits[index], deficitsNanos[index])
      fullSuffix = ''
      maxDeficit = math.max(maxDeficit, deficits[index] + 1)
    else
      -- Full buckets at the end are omitted.
      fullSuffix = fullSuffix .. ':0:0'
    end
  end
  if maxDeficit == 0 then
    call('DEL', key)
  elseif testClock then
    call('SET', key, state)
  else
    call('SET', key, state, 'PXAT', format('%d', (now + maxDeficit + 999) / 1000))
  end
end
return answer
