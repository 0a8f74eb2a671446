-- Decides one operation on the buckets of one key, for all rates at once; or a batch of operations.
--
-- The debt of a bucket is the time in which its missing tokens refill; a full bucket has none. A
-- debt may exceed the capacity. Every time is a pair: whole microseconds, and the remaining
-- nanoseconds (0 to 999).
--
-- KEYS     the key; a batch has several. Its value is the time of the last write, in microseconds
--          since 1970. For each rate follow the debt at that time, and the interval: the
--          nanoseconds in which one token refills.
--          1767225600000000:54000000:0:600000000:3599990000:500:36000000000
-- ARGV     h(it), p(eek), r(efund) or l(evel), and for each rate:
--            limit     the largest debt after the hit: the time to fill an empty bucket
--            cost      the time in which the tokens of the cost refill
--            interval  a single number
--          Capital letters have another limit, so each rate ends with the time to fill:
--            H, P      a hit that may wait: its patience is part of the limit
--            R         a cancelled reservation: nothing returns if a debt exceeds the limit
--            S         a settlement: its cost is taken until the debt reaches the limit
--          Tests append the clock, in microseconds since 1970.
--          A batch is b, the clock or '', and for each key the number of its runs of equal calls.
--          A run is the number of calls, the number of rates, and the arguments of one call.
--          t instead of b decides hits together: all are charged, or none if one is denied.
-- returns  the debt of each rate at the interval in ARGV: before a hit, peek or settlement, and
--          after a refund.
--          54000000:0:3599990000:500
--          The debt of a hit that must wait includes the time by which the clock is behind. The
--          answers of a batch have spaces between them. Hits together that are not charged have the
--          answers of peeks, of which at least one denies. A single hit on one rate may return
--          nanoseconds as an integer. The answer is never a table, because Redis writes every
--          reply table to the socket separately.
--
-- A double represents integers up to 2^53 exactly. That is enough for 280 years and the time since
-- 1970 in microseconds, but not in nanoseconds. With pairs, the arithmetic is exact. A difference
-- of two pairs may be inexact as one number of nanoseconds, but its sign is right.
--
-- Redis and Valkey have Lua 5.1, where all numbers are doubles. Dragonfly has Lua 5.4, where integers
-- wrap above 2^63, and "%d" fails for a fraction. Numbers that may be larger start as 0.0.
--
-- Redis runs one script at a time, so this script avoids slow operations. It looks up globals once.
-- It converts strings with "+ 0", which is faster than tonumber. It formats integers with "%d",
-- which is exact and faster than the 17 digits that Redis would write.

local call, format, match, floor = redis.call, string.format, string.match, math.floor
local operation = ARGV[1]
local arguments = #ARGV
local together = operation == 't'
local batch = together or operation == 'b'
local stride = operation <= 'Z' and 7 or 5
local rates = (arguments - 1 - (arguments - 1) % stride) / stride
local testClock = ARGV[batch and 2 or stride * rates + 2]
local clock
if testClock and testClock ~= '' then
  clock = testClock + 0
else
  testClock = nil
  local time = call('TIME')
  clock = time[1] * 1000000 + time[2]
end

-- 140 years: no bucket takes longer to fill, waits and settlements included. A larger debt was not
-- written by this script.
local MAX_DEBT = 4418064000000000

local value = call('GET', KEYS[1])

-- Fast path without tables, for most calls: a hit on a bucket of one rate, whose interval is the
-- same as before, with a clock that has not been set back. All other cases fall through.
if rates == 1 and (operation == 'h' or operation == 'H') then
  local interval = ARGV[6]
  local written, debt, debtNanos = clock, 0, 0
  if value then
    local timeDigits, microDigits, nanoDigits, oldInterval =
      match(value, '^(%d+):(%d+):(%d+):(%d+)$')
    if
      oldInterval == interval
      and #timeDigits <= 16
      and #microDigits <= 16
      and #nanoDigits <= 3
    then
      written, debt, debtNanos = timeDigits + 0, microDigits + 0, nanoDigits + 0
    else
      written = nil
    end
  end
  if written and written <= clock and debt <= MAX_DEBT then
    debt = debt - (clock - written)
    if debt < 0 then
      debt, debtNanos = 0, 0
    end
    local newDebt, newDebtNanos = debt + ARGV[4], debtNanos + ARGV[5]
    if (newDebt - ARGV[2]) * 1000 + newDebtNanos - ARGV[3] <= 0 then
      if newDebtNanos > 999 then
        newDebt, newDebtNanos = newDebt + 1, newDebtNanos - 1000
      end
      local state = format('%d:%d:%d:%s', clock, newDebt, newDebtNanos, interval)
      if testClock then
        call('SET', KEYS[1], state)
      else
        local expiry = clock + newDebt + 1000
        call('SET', KEYS[1], state, 'PXAT', format('%d', (expiry - expiry % 1000) / 1000))
      end
    end
    if debt < 9007199254740 then
      return debt * 1000 + debtNanos
    end
    return format('%d:%d', debt, debtNanos)
  end
end

-- Converts a time to another interval: time * interval / oldInterval, in whole nanoseconds.
local function convert(micros, nanos, interval, oldInterval, roundUp)
  local zeros = math.min(#match(interval, '0*$'), #match(oldInterval, '0*$'))
  interval, oldInterval = interval:sub(1, -1 - zeros), oldInterval:sub(1, -1 - zeros)
  local factor, divisor = interval + 0, oldInterval + 0
  local exact = #interval <= 15 and #oldInterval <= 15
  if exact then
    local greatest, rest = factor, divisor
    while rest > 0 do
      greatest, rest = rest, greatest % rest
    end
    factor, divisor = factor / greatest, divisor / greatest
    exact = factor + divisor < 9e14
  end
  if not exact then
    -- Intervals of many digits: multiplication and division as on paper, in groups of five digits,
    -- of which the lowest is the first.
    local function groups(digits)
      local result = {}
      for last = #digits, 1, -5 do
        result[#result + 1] = digits:sub(math.max(1, last - 4), last) + 0
      end
      return result
    end
    local times, factors, product = groups(format('%d%03d', micros, nanos)), groups(interval), {}
    for index = 1, #times + #factors do
      product[index] = 0
    end
    for index, time in ipairs(times) do
      for place, factor in ipairs(factors) do
        local position = index + place - 1
        product[position] = product[position] + time * factor
      end
    end
    for index = 1, #product - 1 do
      product[index + 1] = product[index + 1] + floor(product[index] / 100000)
      product[index] = product[index] % 100000
    end
    local divisorHigh, divisorLow = ('0' .. oldInterval:sub(1, -11)) + 0, oldInterval:sub(-10) + 0
    local high, low, newMicros, newNanos = 0, 0, 0.0, 0
    for index = #product, 1, -1 do
      for digit in format('%05d', product[index]):gmatch('.') do
        low = low * 10 + digit
        high, low = high * 10 + floor(low / 10000000000), low % 10000000000
        newNanos = newNanos * 10
        while high > divisorHigh or high == divisorHigh and low >= divisorLow do
          high, low = high - divisorHigh, low - divisorLow
          if low < 0 then
            high, low = high - 1, low + 10000000000
          end
          newNanos = newNanos + 1
        end
        newMicros, newNanos = newMicros * 10 + floor(newNanos / 1000), newNanos % 1000
      end
    end
    if roundUp and (high > 0 or low > 0) then
      newNanos = newNanos + 1
    end
    return newMicros + floor(newNanos / 1000), newNanos % 1000
  end
  -- Long division, digit by digit. In this base, all intermediate values stay below 2^53.
  local base = factor + divisor < 9e12 and 1000 or 10
  local remainder = 0
  local function divide(digit)
    local dividend = remainder * base + digit * factor
    local quotient = floor(dividend / divisor)
    remainder = dividend - quotient * divisor
    return quotient
  end
  local newMicros, newNanos = 0.0, 0
  local unit = 1000000000000000
  while unit >= 1 do
    newMicros = newMicros * base + divide(floor(micros / unit) % base)
    unit = unit / base
  end
  unit = 1000 / base
  while unit >= 1 do
    local quotient = divide(floor(nanos / unit) % base)
    newMicros = newMicros + floor(quotient / (1000 / unit))
    newNanos = newNanos + quotient % (1000 / unit) * unit
    unit = unit / base
  end
  if roundUp and remainder > 0 then
    newNanos = newNanos + 1
  end
  return newMicros + floor(newNanos / 1000), newNanos % 1000
end

-- Redis fails where a script reads a global that does not exist.
local unpackTable = table.unpack or unpack

-- The buckets of the current key at the present, by position of their rate.
local written, changed, count, micros, nanos, intervals

-- Decides one call on the current key. Returns the answer, and whether a hit is granted. The
-- arguments of the first rate start at an index of ARGV. With deny, a hit is denied in any case.
local function decide(operation, rates, first, deny)
  local isCapital = operation <= 'Z'
  local stride, fillOffset = isCapital and 7 or 5, isCapital and 5 or 0
  local peek = operation == 'p' or operation == 'P'
  local hit = operation == 'h' or operation == 'H' or peek
  local refund = operation == 'r' or operation == 'R'
  local readOnly = peek or operation == 'l'
  local last = first + stride * (rates - 1)
  local granted, writes, representable = true, false, true

  -- The clock may have been set back. Refilling stops until it has caught up. If that would take
  -- longer than filling an empty bucket, the debts restart at the new time instead.
  local behind = written - clock
  if behind > 0 then
    for at = first, last, stride do
      if written - clock > ARGV[at + fillOffset] + 0 then
        behind = 0
        writes = true
      end
    end
  end

  for rate = #micros + 1, rates do
    micros[rate], nanos[rate], intervals[rate] = 0, 0, '1'
  end
  local answer = ''
  local debts, debtsNanos = micros, nanos
  local rate = 0
  for at = first, last, stride do
    rate = rate + 1
    local debt, debtNanos = debts[rate], debtsNanos[rate]
    local interval, oldInterval = ARGV[at + 4], intervals[rate]
    if interval ~= oldInterval and (debt > 0 or debtNanos > 0) then
      writes = true
      if debts == micros then
        debts, debtsNanos = { unpackTable(micros) }, { unpackTable(nanos) }
      end
      local newDebt, newDebtNanos = convert(debt, debtNanos, interval, oldInterval, true)
      if newDebt > MAX_DEBT or newDebt == MAX_DEBT and newDebtNanos > 0 then
        -- The debt goes on refilling at the old interval. A hit is granted when the debt has
        -- fallen to the limit minus the cost.
        representable = false
        newDebt, newDebtNanos = 2 * MAX_DEBT, 0
        if hit then
          local rest, restNanos = ARGV[at] - ARGV[at + 2], ARGV[at + 1] - ARGV[at + 3]
          if restNanos < 0 then
            rest, restNanos = rest - 1, restNanos + 1000
          end
          local old, oldNanos = convert(rest, restNanos, oldInterval, interval, false)
          newDebtNanos = restNanos + debtNanos - oldNanos
          newDebt = rest + debt - old + floor(newDebtNanos / 1000)
          newDebtNanos = newDebtNanos % 1000
        end
      end
      debt, debtNanos = newDebt, newDebtNanos
      debts[rate], debtsNanos[rate] = debt, debtNanos
    end
    if hit then
      local cost, costNanos = ARGV[at + 2], debtNanos + ARGV[at + 3]
      if behind > 0 then
        local fill, fillNanos = ARGV[at + fillOffset], ARGV[at + fillOffset + 1]
        if (debt + cost - fill) * 1000 + costNanos - fillNanos > 0 then
          debt = debt + behind
        end
      end
      if (debt + cost - ARGV[at]) * 1000 + costNanos - ARGV[at + 1] > 0 then
        granted = false
      end
    elseif operation == 'R' then
      -- The promised time counts from this clock, as the wait of the hit did.
      if (debt + behind - ARGV[at]) * 1000 + debtNanos - ARGV[at + 1] > 0 then
        granted = false
      end
    end
    if not refund then
      answer = answer .. format(rate == 1 and '%d:%d' or ':%d:%d', debt, debtNanos)
    end
  end

  rate = 0
  local grantable = granted and representable
  granted = grantable and not readOnly and not deny
  for at = first, granted and last or first - 1, stride do
    rate = rate + 1
    local debt, debtNanos = debts[rate], debtsNanos[rate]
    local newDebt, newDebtNanos
    if refund then
      newDebt, newDebtNanos = debt - ARGV[at + 2], debtNanos - ARGV[at + 3]
      if newDebtNanos < 0 then
        newDebt, newDebtNanos = newDebt - 1, newDebtNanos + 1000
      end
      if newDebt < 0 then
        newDebt, newDebtNanos = 0, 0
      end
    else
      newDebt, newDebtNanos = debt + ARGV[at + 2], debtNanos + ARGV[at + 3]
      if newDebtNanos > 999 then
        newDebt, newDebtNanos = newDebt + 1, newDebtNanos - 1000
      end
      if operation == 'S' then
        local limit, limitNanos = ARGV[at] + 0, ARGV[at + 1] + 0
        if (newDebt - limit) * 1000 + newDebtNanos - limitNanos > 0 then
          newDebt, newDebtNanos = limit, limitNanos
        end
        if (debt - newDebt) * 1000 + debtNanos - newDebtNanos > 0 then
          newDebt, newDebtNanos = debt, debtNanos
        end
      end
    end
    writes = writes or newDebt ~= debt or newDebtNanos ~= debtNanos
    debts[rate], debtsNanos[rate] = newDebt, newDebtNanos
  end

  if writes and representable and not readOnly then
    rate = 0
    for at = first, last, stride do
      rate = rate + 1
      intervals[rate] = ARGV[at + 4]
    end
    micros, nanos = debts, debtsNanos
    if count < rates then
      count = rates
    end
    written = clock + behind
    changed = true
  end
  for index = 1, refund and rates or 0 do
    answer = answer .. format(index == 1 and '%d:%d' or ':%d:%d', debts[index], debtsNanos[index])
  end
  return answer, grantable
end

-- All keys are read before any is written, so a value of another type fails the batch as a whole.
local values
if batch then
  values = { value }
  for index = 2, #KEYS do
    values[index] = call('GET', KEYS[index])
  end
end
local answer

-- Decides all calls on all keys. Returns the answers to a batch, whether each is granted, and what
-- to write: keys, values, times at which they are full, and largest debts.
local function decideAll(deny)
  local answers, grants, writes = {}, {}, {}
  local allGranted = true
  local position = 3
  for keyIndex = 1, batch and #KEYS or 1 do
    written, changed, count = clock, false, 0
    -- With space for three rates, so that the tables need not grow.
    micros, nanos, intervals = { nil, nil, nil }, { nil, nil, nil }, { nil, nil, nil }
    if batch then
      value = values[keyIndex]
    end
    if value then
      local timeDigits, next = match(value, '^(%d+)()')
      while next and next <= #value do
        local microDigits, nanoDigits, interval, afterNext =
          match(value, '^:(%d+):(%d+):([1-9]%d*)()', next)
        if
          not microDigits
          or #microDigits > 16
          or microDigits + 0 > MAX_DEBT
          or #nanoDigits > 3
          or #interval > 19
          or count == 16
        then
          next = nil
        else
          count = count + 1
          micros[count], nanos[count], intervals[count] = microDigits + 0, nanoDigits + 0, interval
          next = afterNext
        end
      end
      if next and count > 0 and #timeDigits <= 16 then
        written = timeDigits + 0
      else
        -- An unreadable value counts as a full bucket.
        count, micros, nanos, intervals = 0, {}, {}, {}
      end
    end
    if written < clock then
      for index = 1, count do
        micros[index] = micros[index] - (clock - written)
        if micros[index] < 0 then
          micros[index], nanos[index] = 0, 0
        end
      end
      written = clock
    end

    if batch then
      local runs = ARGV[position] + 0
      position = position + 1
      for _ = 1, runs do
        local calls, runRates = ARGV[position] + 0, ARGV[position + 1] + 0
        local runOperation = ARGV[position + 2]
        for _ = 1, calls do
          local callAnswer, grantable = decide(runOperation, runRates, position + 3, deny)
          answers[#answers + 1] = callAnswer
          -- A hit of cost 0 is a peek here, and never denied.
          grants[#answers] = grantable or runOperation == 'p'
          allGranted = allGranted and grants[#answers]
        end
        position = position + 3 + runRates * (runOperation <= 'Z' and 7 or 5)
      end
    else
      answer = decide(operation, rates, 2)
    end

    if changed then
      local state = format('%d', written)
      local maxDebt = 0
      local fullSuffix = ''
      for index = 1, count do
        if micros[index] > 0 or nanos[index] > 0 then
          state = state
            .. fullSuffix
            .. format(':%d:%d:%s', micros[index], nanos[index], intervals[index])
          fullSuffix = ''
          maxDebt = math.max(maxDebt, micros[index] + 1)
        else
          -- Full buckets at the end are omitted.
          fullSuffix = fullSuffix .. ':0:0:1'
        end
      end
      writes[#writes + 1] = { KEYS[keyIndex], state, written + maxDebt, maxDebt }
    end
  end
  return answers, grants, writes, allGranted
end

local answers, grants, writes, allGranted = decideAll(false)
if together and not allGranted then
  -- Each hit is denied: a denial writes a new interval. Its answer is that of a peek, except where
  -- only earlier hits on the same key deny it.
  local sequential, sequentialGrants = answers, grants
  answers, grants, writes = decideAll(true)
  for index, grant in ipairs(grants) do
    if grant and not sequentialGrants[index] then
      answers[index] = sequential[index]
    end
  end
end
for _, change in ipairs(writes) do
  local key, state, fullAt, maxDebt = change[1], change[2], change[3], change[4]
  if maxDebt == 0 then
    call('DEL', key)
  elseif testClock then
    call('SET', key, state)
  else
    call('SET', key, state, 'PXAT', format('%d', floor((fullAt + 999) / 1000)))
  end
end
return batch and table.concat(answers, ' ') or answer
