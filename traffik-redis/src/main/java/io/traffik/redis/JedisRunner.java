package io.traffik.redis;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisAskDataException;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisRedirectionException;

/**
 * Asks by connections of Jedis' that belong to the backend.
 *
 * <p>A call that waits does so on its own thread where a connection stands: it cannot take longer
 * than its socket lets it. Connecting, which no time-out bounds in all its parts (names have to be
 * looked up), is left to another thread.
 */
final class JedisRunner implements ScriptRunner {

  /** How often a cluster may send a question on before it is given up. */
  private static final int MOST_HOPS = 5;

  private final SingleFlight<JedisServers> servers;
  private final boolean clustered;
  private final JedisExecutor elsewhere;
  private final JedisConnections idle = new JedisConnections();

  /** For each server its own: one that holds still must not hold up calls to the others. */
  private final ConcurrentMap<HostAndPort, Semaphore> places = new ConcurrentHashMap<>();

  private final AtomicBoolean renewing = new AtomicBoolean();

  /**
   * @param finding finds the servers, which may take a while
   */
  JedisRunner(Callable<JedisServers> finding, boolean clustered, JedisExecutor elsewhere) {
    this.servers = new SingleFlight<>(() -> elsewhere.submit(finding), JedisRunner::closed);
    this.clustered = clustered;
    this.elsewhere = elsewhere;
  }

  @Override
  public Object run(ScriptCall call, long nanos) throws Exception {
    long end = System.nanoTime() + nanos;
    return ask(call, end, false);
  }

  @Override
  public CompletableFuture<Object> start(ScriptCall call, long nanos, BooleanSupplier unwanted) {
    long end = System.nanoTime() + nanos;
    if (servers.made() != null) {
      return elsewhere.submit(unwanted, () -> ask(call, end, true));
    }
    // Waiting for the servers on the executor's threads could leave none to find them.
    return elsewhere.submitAfter(servers.get(), unwanted, () -> ask(call, end, true));
  }

  /**
   * Asks the server that has the key, and follows where that sends it.
   *
   * @param mayConnect whether this thread may be held up beyond the end
   */
  private Object ask(ScriptCall call, long end, boolean mayConnect) throws Exception {
    JedisServers known = servers.made();
    if (known == null) {
      known = Deadlines.await(servers.get(), end - System.nanoTime());
    }
    if (known.isOld()) {
      renew(known);
    }
    HostAndPort server = known.of(call.key());
    boolean asking = false;
    for (int hops = 0; ; hops++) {
      try {
        return askAt(new NodeCall(known, server, asking, end), call, mayConnect);
      } catch (JedisRedirectionException e) {
        if (hops == MOST_HOPS) {
          throw e;
        }
        server = e.getTargetNode();
        asking = e instanceof JedisAskDataException;
        if (!asking) {
          renew(known);
        }
      }
    }
  }

  /**
   * One server to be asked.
   *
   * @param asking whether the key is on its way there
   */
  private record NodeCall(JedisServers servers, HostAndPort server, boolean asking, long end) {

    long left() throws TimeoutException {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new TimeoutException();
      }
      return left;
    }
  }

  private Object askAt(NodeCall visit, ScriptCall call, boolean mayConnect) throws Exception {
    Semaphore free = placesAt(visit.server());
    if (!free.tryAcquire() && !free.tryAcquire(visit.left(), TimeUnit.NANOSECONDS)) {
      throw new TimeoutException("no connection came free");
    }
    try {
      Connection standing = idle.poll(visit.server());
      if (standing != null || mayConnect) {
        return askBy(standing == null ? connect(visit) : standing, visit, call);
      }
    } finally {
      free.release();
    }
    return Deadlines.await(elsewhere.submit(() -> askAt(visit, call, true)), visit.left());
  }

  private Semaphore placesAt(HostAndPort server) {
    Semaphore known = places.get(server);
    return known != null
        ? known
        : places.computeIfAbsent(server, at -> new Semaphore(JedisServers.MOST_CONNECTIONS));
  }

  private Connection connect(NodeCall visit) {
    idle.closeUnknown(visit.servers());
    try {
      return visit.servers().connect(visit.server());
    } catch (JedisConnectionException e) {
      renew(visit.servers());
      throw e;
    }
  }

  private Object askBy(Connection connection, NodeCall visit, ScriptCall call)
      throws TimeoutException {
    try {
      if (visit.asking()) {
        connection.setSoTimeout(millis(visit.left()));
        connection.executeCommand(Command.ASKING);
      }
      connection.setSoTimeout(millis(visit.left()));
      Object told = connection.executeCommand(arguments(call));
      return told instanceof byte[] text ? new String(text, StandardCharsets.US_ASCII) : told;
    } catch (JedisConnectionException e) {
      if (!ErrorTranslator.isLate(e)) {
        // Cut off; those that stand idle were most likely cut along with it.
        idle.close(visit.server());
      }
      renew(visit.servers());
      throw e;
    } catch (JedisDataException e) {
      if (ErrorTranslator.answers(e, "READONLY")) {
        // A master no more: new connections lead to the new one.
        connection.setBroken();
        idle.close(visit.server());
        renew(visit.servers());
      }
      throw e;
    } finally {
      idle.put(visit.server(), connection);
    }
  }

  private static int millis(long nanos) {
    return (int) TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  private static CommandArguments arguments(ScriptCall call) {
    CommandArguments arguments =
        call.isInFull()
            ? new CommandArguments(Command.EVAL).add(DecisionScript.TEXT)
            : new CommandArguments(Command.EVALSHA).add(DecisionScript.DIGEST);
    arguments.add(1).add(call.key());
    for (String argument : call.arguments()) {
      arguments.add(argument);
    }
    return arguments;
  }

  /** Looks anew where a cluster's keys are, once at a time, while nobody waits for it. */
  private void renew(JedisServers known) {
    if (known.isCluster() && renewing.compareAndSet(false, true)) {
      Stages.onEnd(
          elsewhere.submit(
              () -> {
                known.renew();
                return known;
              }),
          (done, thrown) -> renewing.set(false));
    }
  }

  @Override
  public String info(long nanos) throws Exception {
    long end = System.nanoTime() + nanos;
    JedisServers known = Deadlines.await(servers.get(), nanos);
    return Deadlines.await(
        elsewhere.submit(
            () -> {
              Object info =
                  known.once(known.masters().get(0), by -> by.executeCommand(Command.INFO));
              return new String((byte[]) info, StandardCharsets.UTF_8);
            }),
        end - System.nanoTime());
  }

  @Override
  public boolean isClustered() {
    return clustered;
  }

  @Override
  public CompletableFuture<@Nullable Void> removeAll(String prefix, long nanos) {
    return Deadlines.limit(servers.get(), nanos)
        .thenCompose(
            known ->
                elsewhere.submit(
                    () -> {
                      for (HostAndPort master : known.masters()) {
                        known.once(
                            master,
                            by -> {
                              by.setSoTimeout(millis(nanos));
                              JedisKeys.removeAll(by, prefix);
                              return master;
                            });
                      }
                      return null;
                    }));
  }

  @Override
  public void close() {
    idle.close();
    Stages.onEnd(servers.close(), (done, thrown) -> elsewhere.close());
  }

  private static CompletionStage<?> closed(JedisServers servers) {
    servers.close();
    return CompletableFuture.completedFuture(null);
  }
}
