-- A stand-in of a server: the commands of the decision script, and the conversions of a server.

local values, expiries = {}, {}
local micros = 0

local function whole(text)
  assert(type(text) == 'string' and text:match('^%d+$'), 'not an integer: ' .. tostring(text))
  return text
end

local commands = {
  TIME = function()
    local seconds = (micros - micros % 1000000) / 1000000
    return { string.format('%d', seconds), string.format('%d', micros % 1000000) }
  end,
  GET = function(key)
    local expiry = expiries[key]
    if expiry and expiry * 1000 <= micros then
      values[key], expiries[key] = nil, nil
    end
    return values[key] or false
  end,
  SET = function(key, value, option, expiry)
    assert(type(value) == 'string', 'not a string: ' .. tostring(value))
    assert(option == nil or option == 'PXAT', option)
    values[key], expiries[key] = value, option and whole(expiry) + 0
  end,
  DEL = function(key)
    values[key], expiries[key] = nil, nil
  end,
}

redis = {
  call = function(command, ...)
    return commands[command](...)
  end,
}

function setTime(text)
  micros = text + 0
end

function stored(key)
  return values[key] or ''
end

-- Runs the script, whose number of keys precedes the keys and arguments. Servers return a number
-- as an integer; Lua 5.4 fails here if it has a fraction.
function execute(count, ...)
  KEYS, ARGV = {}, {}
  for index, word in ipairs({ ... }) do
    if index <= count + 0 then
      KEYS[index] = word
    else
      ARGV[#ARGV + 1] = word
    end
  end
  local answer = decide()
  return type(answer) == 'number' and ':' .. string.format('%d', answer) or answer
end

-- As in servers, reading an unknown global is an error. Java keeps its exceptions in __jthrowable__.
setmetatable(_G, {
  __index = function(_, name)
    assert(name == '__jthrowable__', 'nonexistent global variable: ' .. tostring(name))
  end,
})
