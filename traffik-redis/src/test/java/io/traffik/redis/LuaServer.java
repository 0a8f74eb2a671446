package io.traffik.redis;

import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptRunner;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import party.iroiro.luajava.Lua;

/** Runs the decision script in this process, in any version of Lua. Not thread-safe. */
final class LuaServer implements ScriptRunner {

  private final Lua lua;
  private final LongSupplier micros;

  /**
   * @param script the decision script
   * @param micros the time of the server, in microseconds since 1970
   */
  LuaServer(LuaVersion version, String script, LongSupplier micros) {
    this.lua = version.start();
    this.micros = micros;
    lua.openLibraries();
    lua.run("function decide()\n" + script + "\nend");
    lua.run(text("server.lua"));
  }

  private static String text(String name) {
    try (InputStream resource = LuaServer.class.getResourceAsStream(name)) {
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of a key; empty if there is none. */
  String stored(String key) {
    return call("stored", List.of(key));
  }

  private String call(String function, List<String> arguments) {
    lua.getGlobal(function);
    arguments.forEach(lua::push);
    lua.pCall(arguments.size(), 1);
    String result = lua.toString(-1);
    lua.pop(1);
    return result;
  }

  /** The answer of a script call: a number or a text, as of clients. */
  Object execute(List<String> keys, String... arguments) {
    call("setTime", List.of(Long.toString(micros.getAsLong())));
    List<String> words = new ArrayList<>(List.of(Integer.toString(keys.size())));
    words.addAll(keys);
    words.addAll(List.of(arguments));
    String answer = call("execute", words);
    return answer.startsWith(":") ? (Object) Long.valueOf(answer.substring(1)) : answer;
  }

  @Override
  public Object run(ScriptCall call, long timeoutNanos) {
    return execute(call.keys(), call.arguments());
  }

  @Override
  public CompletableFuture<Object> start(
      ScriptCall call, long timeoutNanos, BooleanSupplier abandoned) {
    return CompletableFuture.completedFuture(run(call, timeoutNanos));
  }

  @Override
  public List<CompletableFuture<Object>> startAll(
      List<ScriptCall> calls, Mode mode, long timeoutNanos, BooleanSupplier abandoned) {
    return calls.stream().map(call -> start(call, timeoutNanos, abandoned)).toList();
  }

  @Override
  public void connect(long timeoutNanos) {}

  @Override
  public String info(long timeoutNanos) {
    return "";
  }

  @Override
  public boolean isClustered() {
    return false;
  }

  @Override
  public CompletableFuture<Void> removeAll(String prefix, long timeoutNanos) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    lua.close();
  }
}
