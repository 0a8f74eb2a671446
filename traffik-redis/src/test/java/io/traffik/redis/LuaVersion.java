package io.traffik.redis;

import party.iroiro.luajava.Lua;
import party.iroiro.luajava.lua51.Lua51;
import party.iroiro.luajava.lua54.Lua54;

/** The versions of Lua in servers: 5.1 in Redis and Valkey, 5.4 in Dragonfly. */
enum LuaVersion {
  LUA_5_1 {
    @Override
    Lua start() {
      return new Lua51();
    }
  },
  LUA_5_4 {
    @Override
    Lua start() {
      return new Lua54();
    }
  };

  abstract Lua start();
}
