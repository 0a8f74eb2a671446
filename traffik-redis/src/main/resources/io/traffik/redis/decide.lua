-- Decides one operation on the buckets of one key, all rates together.
--
-- KEYS[1]  the key. Its value is the µs since 1970 at which it was written, and for each rate the
--          time in which what the bucket then lacked refills, as µs and the ns beyond:
--          1767225600000000:54000000:0:3599990000:500
-- ARGV     h(it), p(eek) or r(efund); for each rate the time to fill and the price of the operation,
--          both as µs and the ns beyond; in tests, at the end, the time in µs since 1970
-- returns  for each rate what the bucket lacks after a refund, or before a hit or peek, as µs and ns.
--          Of a rate that denies, what the clock is behind counts as lacking.
--
-- A double holds whole numbers up to 2^53; in µs, 140 years and the time since 1970 fit together,
-- in ns they do not. So a time is a pair here, and the arithmetic is exact to the nanosecond.

local operation = ARGV[1]
local rates = (#ARGV - 1 - (#ARGV - 1) % 4) / 4
local given = ARGV[4 * rates + 2]
local clock
if given then
  clock = tonumber(given)
else
  local time = redis.call('TIME')
  clock = time[1] * 1000000 + time[2]
end

local value = redis.call('GET', KEYS[1])

-- What nearly all questions are, without the tables: a hit by one rate on a bucket of one rate, by
-- a clock that goes on. It leaves to the rest below whatever else there is to think of.
if operation == 'h' and rates == 1 then
  local lacks, lacksBelow = 0, 0
  local written, more, below
  if value then
    written, more, below = string.match(value, '^(%d+):(%d+):(%d+)$')
    if written and #written <= 16 and #more <= 16 and #below <= 3 then
      written, lacks, lacksBelow = tonumber(written), tonumber(more), tonumber(below)
    else
      written = nil
    end
  else
    written = clock
  end
  local fill, price = tonumber(ARGV[2]), tonumber(ARGV[4])
  if written and written <= clock and price > 0 then
    lacks = lacks - (clock - written)
    if lacks < 0 then
      lacks, lacksBelow = 0, 0
    end
    -- Less than the whole: so the rate has not been changed to one that fills sooner.
    if lacks < fill then
      local missing, missingBelow = lacks + price, lacksBelow + tonumber(ARGV[5])
      local over = missing - fill
      if not (over > 1 or over > -2 and over * 1000 + missingBelow - tonumber(ARGV[3]) > 0) then
        if missingBelow > 999 then
          missing, missingBelow = missing + 1, missingBelow - 1000
        end
        local state = string.format('%.0f:%.0f:%.0f', clock, missing, missingBelow)
        if given then
          redis.call('SET', KEYS[1], state)
        else
          redis.call('SET', KEYS[1], state, 'PXAT', math.ceil((clock + missing + 1) / 1000))
        end
      end
      return {lacks, lacksBelow}
    end
  end
end

local micros, nanos = {}, {}
local places = 0
local last = clock
if value then
  local written, from = string.match(value, '^(%d+)()')
  while from and from <= #value do
    local more, below, behind = string.match(value, '^:(%d+):(%d+)()', from)
    if not more or #more > 16 or #below > 3 or places == 16 then
      from = nil
    else
      places = places + 1
      micros[places], nanos[places] = tonumber(more), tonumber(below)
      from = behind
    end
  end
  if from and places > 0 and #written <= 16 then
    last = tonumber(written)
  else
    -- Not what this script wrote: as if nothing were there.
    places = 0
  end
end
for place = places + 1, rates do
  micros[place], nanos[place] = 0, 0
end
if places < rates then
  places = rates
end

local now = clock
local changed = false
if last < clock then
  local elapsed = clock - last
  for place = 1, places do
    micros[place] = micros[place] - elapsed
    if micros[place] < 0 then
      micros[place], nanos[place] = 0, 0
    end
  end
elseif last > clock then
  -- The clock was set back. It counts as standing still until it has caught up, if that takes no
  -- longer than a bucket takes to fill; else the buckets move to it as they are.
  now = last
  for rate = 1, rates do
    if last - clock > tonumber(ARGV[4 * rate - 2]) then
      now = clock
      changed = true
    end
  end
end

local granted = operation == 'h'
local answer = {}
for rate = 1, rates do
  local at = 4 * rate - 2
  local fill, fillBelow = tonumber(ARGV[at]), tonumber(ARGV[at + 1])
  local price, priceBelow = tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
  local lacks, lacksBelow = micros[rate], nanos[rate]
  if lacks > fill or lacks == fill and lacksBelow > fillBelow then
    -- The rate has changed: at most all of it is missing.
    lacks, lacksBelow = fill, fillBelow
    changed = true
  end
  if operation == 'r' then
    if lacks > 0 or lacksBelow > 0 then
      changed = changed or price > 0 or priceBelow > 0
    end
    lacks, lacksBelow = lacks - price, lacksBelow - priceBelow
    if lacksBelow < 0 then
      lacks, lacksBelow = lacks - 1, lacksBelow + 1000
    end
    if lacks < 0 then
      lacks, lacksBelow = 0, 0
    end
  end
  micros[rate], nanos[rate] = lacks, lacksBelow
  if operation ~= 'r' then
    local over, overBelow = lacks + price - fill, lacksBelow + priceBelow - fillBelow
    -- Beyond 1 µs the sign of the rest no longer matters.
    if over > 1 or over > -2 and over * 1000 + overBelow > 0 then
      granted = false
      lacks = lacks + (now - clock)
    end
  end
  answer[2 * rate - 1], answer[2 * rate] = lacks, lacksBelow
end

if granted then
  for rate = 1, rates do
    local price, priceBelow = tonumber(ARGV[4 * rate]), tonumber(ARGV[4 * rate + 1])
    micros[rate], nanos[rate] = micros[rate] + price, nanos[rate] + priceBelow
    if nanos[rate] > 999 then
      micros[rate], nanos[rate] = micros[rate] + 1, nanos[rate] - 1000
    end
    changed = changed or price > 0 or priceBelow > 0
  end
end

if changed and operation ~= 'p' then
  local state = string.format('%.0f', now)
  local longest = 0
  local full = ''
  for place = 1, places do
    if micros[place] > 0 or nanos[place] > 0 then
      state = state .. full .. string.format(':%.0f:%.0f', micros[place], nanos[place])
      full = ''
      longest = math.max(longest, micros[place] + 1)
    else
      -- Full ones at the end are left out.
      full = full .. ':0:0'
    end
  end
  if longest == 0 then
    redis.call('DEL', KEYS[1])
  elseif given then
    redis.call('SET', KEYS[1], state)
  else
    redis.call('SET', KEYS[1], state, 'PXAT', math.ceil((now + longest) / 1000))
  end
end
return answer
