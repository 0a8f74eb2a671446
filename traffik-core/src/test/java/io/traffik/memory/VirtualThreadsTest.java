package io.traffik.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.traffik.Identity;
import io.traffik.Rate;
import io.traffik.Throttle;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

/** The library neither pins virtual threads to their carriers nor starves them of carriers. */
@EnabledForJreRange(min = JRE.JAVA_21, disabledReason = "there are no virtual threads before 21")
class VirtualThreadsTest {

  private static final String PINNED = "jdk.VirtualThreadPinned";
  private static final int THREADS = 10_000;
  private static final int HITS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir private Path directory;

  /** Keys are added, tables grow and are swept, and one key is hot, all at the same time. */
  @Test
  void t1_aHitPinsNoVirtualThread() throws Exception {
    // The first run loads the classes, which pins threads as well.
    assertThat(grantedOfTheHotKey()).isEqualTo(1_000);
    AtomicLong granted = new AtomicLong();
    List<RecordedEvent> pinned =
        recorded(
            () -> {
              granted.set(grantedOfTheHotKey());
              return null;
            });

    assertThat(granted).hasValue(1_000);
    assertThat(pinned).noneMatch(VirtualThreadsTest::isOfTheLibrary);
  }

  private static long grantedOfTheHotKey() throws Exception {
    InMemoryBackend backend = InMemoryBackend.builder("test").maxKeys(5_000).build();
    Throttle throttle =
        Throttle.builder("api")
            .rate(Rate.of(1_000, Policies.YEAR))
            .rate(Rate.of(1, Duration.ofMillis(10)).withCapacity(1_000))
            .backend(backend)
            .build();
    Throttle single =
        Throttle.builder("single").rate(Rate.of(1_000, Policies.YEAR)).backend(backend).build();
    ClientRequest shared = new ClientRequest("198.51.100.1");
    AtomicLong granted = new AtomicLong();
    inVirtualThreads(
        thread -> {
          ClientRequest own = new ClientRequest("10.0." + thread % 28 + "." + thread % 250);
          for (int i = 0; i < HITS; i++) {
            throttle.hit(own);
            single.hit(own);
            granted.addAndGet(single.hit(shared).allowed() ? 1 : 0);
          }
        });
    return granted.get();
  }

  /** If waiting threads held their carriers, the others would have to wait, too. */
  @Test
  void t10_waitingThreadsHoldNoCarriers() throws Exception {
    Throttle throttle =
        Throttle.builder("api")
            .rate("10000/3s (capacity 1)")
            .maxWait(PATIENCE)
            .backend(InMemoryBackend.create("test"))
            .build();
    AtomicLong decided = new AtomicLong();
    AtomicLong proceeded = new AtomicLong();
    AtomicLong mostWaiting = new AtomicLong();
    List<RecordedEvent> pinned =
        recorded(
            () -> {
              inVirtualThreads(
                  thread -> {
                    long waiting = decided.incrementAndGet() - proceeded.get();
                    mostWaiting.accumulateAndGet(waiting, Math::max);
                    acquire(throttle);
                    proceeded.incrementAndGet();
                  });
              return null;
            });
    assertThat(proceeded).hasValue(THREADS);
    assertThat(mostWaiting.get()).isGreaterThan(THREADS / 4);
    assertThat(pinned).noneMatch(VirtualThreadsTest::isOfTheLibrary);
  }

  private static void acquire(Throttle throttle) {
    try {
      throttle.acquire(Identity.of("app"), PATIENCE);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The lock's holder may have lost its carrier, and needs one to release the lock. */
  @Test
  void m4_interruptedWaitersLeaveACarrierToTheHolderOfTheLock() throws Exception {
    SpinLock lock = new SpinLock();
    int carriers = Runtime.getRuntime().availableProcessors();
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(carriers);
    ExecutorService executor = virtualThreads();
    try {
      Future<?> holder =
          executor.submit(
              () -> {
                lock.lock();
                taken.countDown();
                waiting.await();
                lock.held = 0;
                return null;
              });
      taken.await();
      List<Future<Boolean>> waiters = new ArrayList<>();
      for (int i = 0; i < carriers; i++) {
        waiters.add(
            executor.submit(
                () -> {
                  Thread.currentThread().interrupt();
                  waiting.countDown();
                  lock.lock();
                  lock.held = 0;
                  return Thread.interrupted();
                }));
      }
      holder.get(1, TimeUnit.MINUTES);
      for (Future<Boolean> waiter : waiters) {
        assertThat(waiter.get(1, TimeUnit.MINUTES)).as("stays interrupted").isTrue();
      }
    } finally {
      // Releases the waiters if the holder could not.
      lock.held = 0;
      executor.shutdownNow();
    }
  }

  /** The recording detects a pinned thread: one that parks during class initialisation. */
  @Test
  void t1_aPinnedThreadWouldBeSeen() throws Exception {
    List<RecordedEvent> pinned =
        recorded(
            () -> {
              inVirtualThreads(thread -> Pinning.touch());
              return null;
            });
    assertThat(pinned).anyMatch(VirtualThreadsTest::isOfTheLibrary);
  }

  private static boolean isOfTheLibrary(RecordedEvent event) {
    return event.getStackTrace() != null
        && event.getStackTrace().getFrames().stream()
            .anyMatch(frame -> frame.getMethod().getType().getName().startsWith("io.traffik."));
  }

  private List<RecordedEvent> recorded(Callable<?> action) throws Exception {
    Path file = directory.resolve("recording.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(PINNED).withoutThreshold().withStackTrace();
      recording.start();
      action.call();
      recording.stop();
      recording.dump(file);
    }
    return pinned(file);
  }

  private static List<RecordedEvent> pinned(Path file) throws IOException {
    assertThat(Files.size(file)).isPositive();
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().equals(PINNED))
        .toList();
  }

  private interface Task {
    void run(int thread);
  }

  private static void inVirtualThreads(Task task) throws Exception {
    ExecutorService executor = virtualThreads();
    try {
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        tasks.add(
            () -> {
              task.run(thread);
              return null;
            });
      }
      for (Future<Void> future : executor.invokeAll(tasks, 2, TimeUnit.MINUTES)) {
        future.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  /** Looked up by name, because the tests are compiled for Java 17. */
  private static ExecutorService virtualThreads() {
    try {
      MethodHandle made =
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class));
      return (ExecutorService) made.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** A class whose initialiser parks, which pins the thread to its carrier. */
  private static final class Pinning {

    static {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
    }

    static void touch() {}
  }
}
