package io.traffik.redis.lettuce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.traffik.BackendException;
import io.traffik.redis.address.Redaction;
import io.traffik.redis.address.RedisAddress;
import io.traffik.redis.async.AdmissionControl.Mode;
import io.traffik.redis.async.Deadlines;
import io.traffik.redis.lettuce.LettuceSource.Session;
import io.traffik.redis.script.ErrorTranslator;
import io.traffik.redis.script.ScriptCall;
import io.traffik.redis.script.ScriptInvoker;
import io.traffik.redis.server.RedisServers;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A method of Lettuce that is missing at run time, as in a version that is not supported. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class LettuceErrorsTest {

  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final ScriptCall CALL =
      ScriptCall.byDigest("client", "errors|api|client|", new String[] {"p"});

  private final LettuceSource source =
      LettuceClients.standalone(
          RedisAddress.parse(RedisServers.standalone().uri().toString()), DEADLINE);
  private LettuceRunner runner;

  @AfterEach
  void close() {
    runner.close();
  }

  private void missing(String method) {
    runner =
        new LettuceRunner(
            new LettuceSource(
                () -> source.connect().get().thenApply(session -> without(session, method)),
                false,
                false,
                source.answeringThreads(),
                source.shutdown()));
  }

  @SuppressWarnings("unchecked")
  private static Session without(Session session, String missing) {
    var commands =
        (RedisClusterAsyncCommands<String, String>)
            Proxy.newProxyInstance(
                LettuceErrorsTest.class.getClassLoader(),
                new Class<?>[] {RedisClusterAsyncCommands.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals(missing)) {
                    throw new NoSuchMethodError(missing);
                  }
                  try {
                    return method.invoke(session.commands(), arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    return new Session(commands, session.connection(), session.owned(), session.monitor());
  }

  @Test
  void s4_resetEnds() {
    missing("scan");
    assertThatThrownBy(
            () -> Deadlines.await(runner.removeAll("errors", DEADLINE.toNanos()), Long.MAX_VALUE))
        .hasRootCauseInstanceOf(NoSuchMethodError.class);
  }

  @Test
  void s4_callsEnd() {
    missing("dispatch");
    assertThatThrownBy(() -> runner.run(CALL, DEADLINE.toNanos()))
        .hasRootCauseInstanceOf(NoSuchMethodError.class);
    assertThat(runner.start(CALL, DEADLINE.toNanos(), () -> false))
        .failsWithin(DEADLINE)
        .withThrowableThat()
        .withRootCauseInstanceOf(NoSuchMethodError.class);
    assertThat(
            runner.startAll(
                List.of(CALL, CALL), Mode.ASYNCHRONOUS, DEADLINE.toNanos(), () -> false))
        .allSatisfy(
            call ->
                assertThat(call)
                    .failsWithin(DEADLINE)
                    .withThrowableThat()
                    .withRootCauseInstanceOf(NoSuchMethodError.class));
  }

  /** An answer that cannot be parsed. */
  @Test
  void s4_anErrorAfterTheAnswerEndsTheCall() {
    runner = new LettuceRunner(source);
    ErrorTranslator errors = new ErrorTranslator("errors", "errors|", DEADLINE, Redaction.NONE);
    ScriptInvoker invoker = new ScriptInvoker(runner, errors, DEADLINE.toNanos());
    ScriptCall call =
        ScriptCall.byDigest(
            "client",
            "errors|api|client|",
            new String[] {"p", "36000000000", "0", "36000000", "0", "36000000000"});
    CompletableFuture<Object> result =
        invoker.invokeAsync(
            call,
            answer -> {
              throw new NoSuchMethodError("parser");
            });
    assertThat(result)
        .failsWithin(DEADLINE.dividedBy(2))
        .withThrowableThat()
        .withCauseInstanceOf(BackendException.class)
        .withRootCauseInstanceOf(NoSuchMethodError.class);
  }
}
