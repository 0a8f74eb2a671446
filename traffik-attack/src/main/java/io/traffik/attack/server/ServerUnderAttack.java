package io.traffik.attack.server;

import io.traffik.Backend;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The server that runs in a JVM of its own. Not thread-safe. */
public final class ServerUnderAttack {

  /** Threads that the JDK starts on demand and keeps, by a part of the name. */
  private static final Set<String> JDK_THREADS =
      Set.of("CompletableFutureDelayScheduler", "ForkJoinPool", "Cleaner", "VirtualThread");

  /** Threads of Traffik that all backends share end after ten idle seconds. */
  private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(15);

  private final Set<Thread> threadsBefore;
  private final HandledCounts counts = new HandledCounts();
  private final SessionCounter sessions = new SessionCounter();
  private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
  private final StartedApplication requests;
  private final StartedApplication sockets;

  /** Starts the server on two free ports of the loopback interface. */
  public ServerUnderAttack(
      ServerKind kind,
      BackendKind backendKind,
      String redisUri,
      RoutePlan plan,
      boolean virtualThreads)
      throws Exception {
    this.threadsBefore = liveThreads();
    // A namespace of its own keeps the buckets of earlier servers out.
    String namespace = "attack-" + ProcessHandle.current().pid();
    Backend backend = backendKind.create(redisUri, namespace);
    this.requests =
        kind == ServerKind.SERVLET
            ? ServletApplication.start(plan, backend, counts)
            : JavalinApplication.start(plan, backend, counts, sessions, virtualThreads);
    this.sockets =
        kind == ServerKind.JAVA_WEBSOCKET
            ? JavaWebSocketApplication.start(plan, backend, counts)
            : requests;
  }

  /** The port for requests. */
  public int requestPort() {
    return requests.port();
  }

  /** The port for WebSockets. */
  public int socketPort() {
    return sockets.port();
  }

  /** Returns the state as a line for {@link ServerState#parse}. */
  public String state(boolean afterCollection) {
    if (afterCollection) {
      memory.gc();
    }
    return new ServerState(
            memory.getHeapMemoryUsage().getUsed(),
            ManagementFactory.getThreadMXBean().getThreadCount(),
            sessions.count(),
            counts.snapshot())
        .line();
  }

  /**
   * Stops the server and waits until its threads have ended, for at most 15 seconds.
   *
   * @return the names of the threads that remain, separated by commas
   */
  public String stop() throws InterruptedException {
    if (!sockets.equals(requests)) {
      sockets.stop();
    }
    requests.stop();
    long end = System.nanoTime() + MAX_WAIT_NANOS;
    Set<String> left = threadsLeft();
    while (!left.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(100);
      left = threadsLeft();
    }
    return String.join(",", left);
  }

  private Set<String> threadsLeft() {
    return liveThreads().stream()
        .filter(thread -> !threadsBefore.contains(thread))
        .map(Thread::getName)
        .filter(name -> JDK_THREADS.stream().noneMatch(name::contains))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<Thread> liveThreads() {
    return Thread.getAllStackTraces().keySet();
  }
}
