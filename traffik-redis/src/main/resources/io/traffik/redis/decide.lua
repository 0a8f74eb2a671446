-- Decides one operation on the buckets of one key, all rates together.
--
-- KEYS[1]  the key. Its value is the µs since 1970 at which it was written, and for each rate the
--          time in which what the bucket then lacked refills, as µs and the ns beyond:
--          1767225600000000:54000000:0:3599990000:500
-- ARGV     h(it), p(eek) or r(efund); for each rate the time to fill and the price of the operation,
--          both as µs and the ns beyond; in tests, at the end, the time in µs since 1970
-- returns  for each rate what the bucket lacks after a refund, or before a hit or peek, as µs and ns:
--          54000000:0:3599990000:500, or of one rate alone the ns as an integer, if it has room for
--          them. Of a rate that denies, what the clock is behind counts as lacking. Never a table:
--          Redis writes each of those to the socket by itself, even where several wait to be sent.
--
-- A double holds whole numbers up to 2^53; in µs, 140 years and the time since 1970 fit together,
-- in ns they do not. So a time is a pair here, and the arithmetic is exact to the nanosecond.
--
-- Each microsecond here is one that a master has not got for another decision. So globals are looked
-- up once, a string becomes a number by "+ 0" and not by tonumber, and a number a string by "%d",
-- which is exact for whole numbers, and not by Redis, which writes 17 digits first.

local call, format = redis.call, string.format
local key, operation = KEYS[1], ARGV[1]
local arguments = #ARGV
local rates = (arguments - 1 - (arguments - 1) % 4) / 4
local given = ARGV[4 * rates + 2]
local clock
if given then
  clock = given + 0
else
  local time = call('TIME')
  clock = time[1] * 1000000 + time[2]
end

local value = call('GET', key)

-- What nearly all questions are, without the tables: a hit by one rate on a bucket of one rate, by
-- a clock that goes on. It leaves to the rest below whatever else there is to think of.
if rates == 1 and operation == 'h' then
  local written, lacks, lacksBelow = clock, 0, 0
  if value then
    local digits, more, below = string.match(value, '^(%d+):(%d+):(%d+)$')
    if digits and #digits <= 16 and #more <= 16 and #below <= 3 then
      written, lacks, lacksBelow = digits + 0, more + 0, below + 0
    else
      written = nil
    end
  end
  local fill, price = ARGV[2] + 0, ARGV[4] + 0
  if written and written <= clock and price > 0 then
    lacks = lacks - (clock - written)
    if lacks < 0 then
      lacks, lacksBelow = 0, 0
    end
    -- Less than the whole: so the rate has not been changed to one that fills sooner.
    if lacks < fill then
      local missing, missingBelow = lacks + price, lacksBelow + ARGV[5]
      local over = missing - fill
      if not (over > 1 or over > -2 and over * 1000 + missingBelow - ARGV[3] > 0) then
        if missingBelow > 999 then
          missing, missingBelow = missing + 1, missingBelow - 1000
        end
        local state = format('%d:%d:%d', clock, missing, missingBelow)
        if given then
          call('SET', key, state)
        else
          call('SET', key, state, 'PXAT', format('%d', (clock + missing + 1000) / 1000))
        end
      end
      if lacks < 9007199254740 then
        return lacks * 1000 + lacksBelow
      end
      return format('%d:%d', lacks, lacksBelow)
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
      micros[places], nanos[places] = more + 0, below + 0
      from = behind
    end
  end
  if from and places > 0 and #written <= 16 then
    last = written + 0
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
    if last - clock > ARGV[4 * rate - 2] + 0 then
      now = clock
      changed = true
    end
  end
end

local granted = operation == 'h'
local answer = ''
for rate = 1, rates do
  local at = 4 * rate - 2
  local fill, fillBelow = ARGV[at] + 0, ARGV[at + 1] + 0
  local price, priceBelow = ARGV[at + 2] + 0, ARGV[at + 3] + 0
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
  if rates == 1 and lacks < 9007199254740 then
    answer = lacks * 1000 + lacksBelow
  else
    answer = answer .. format(rate == 1 and '%d:%d' or ':%d:%d', lacks, lacksBelow)
  end
end

if granted then
  for rate = 1, rates do
    local price, priceBelow = ARGV[4 * rate] + 0, ARGV[4 * rate + 1] + 0
    micros[rate], nanos[rate] = micros[rate] + price, nanos[rate] + priceBelow
    if nanos[rate] > 999 then
      micros[rate], nanos[rate] = micros[rate] + 1, nanos[rate] - 1000
    end
    changed = changed or price > 0 or priceBelow > 0
  end
end

if changed and operation ~= 'p' then
  local state = format('%d', now)
  local longest = 0
  local full = ''
  for place = 1, places do
    if micros[place] > 0 or nanos[place] > 0 then
      state = state .. full .. format(':%d:%d', micros[place], nanos[place])
      full = ''
      longest = math.max(longest, micros[place] + 1)
    else
      -- Full ones at the end are left out.
      full = full .. ':0:0'
    end
  end
  if longest == 0 then
    call('DEL', key)
  elseif given then
    call('SET', key, state)
  else
    call('SET', key, state, 'PXAT', format('%d', (now + longest + 999) / 1000))
  end
end
return answer
