package io.traffik.javalin;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** TestBackends for tests. */
final class TestBackends {

  private TestBackends() {}

  /** An in-memory backend with a stopped clock, so that no tokens refill. */
  static InMemoryBackend inMemory() {
    return InMemoryBackend.builder("javalin").clock(() -> 0).build();
  }

  /** A backend that fails every decision. */
  static Backend failing() {
    return new Recording() {
      @Override
      public long[] decide(BackendCall call) {
        throw new BackendException("connection refused");
      }
    };
  }

  /** A backend whose store can be stopped. */
  static final class StoppedStore extends Recording {

    volatile boolean stopped = true;

    @Override
    public void open() {
      super.open();
      requireStore();
    }

    @Override
    public long[] decide(BackendCall call) {
      requireStore();
      return super.decide(call);
    }

    private void requireStore() {
      if (stopped) {
        throw new BackendException("connection refused");
      }
    }
  }

  /** An in-memory backend that records the calls of its lifecycle. */
  static class Recording implements Backend {

    final List<String> calls = new CopyOnWriteArrayList<>();
    private final Backend memory = inMemory();
    private final boolean persistent;
    private final List<String> failingCalls;

    /**
     * Creates a backend.
     *
     * @param failingCalls the names of the calls that throw
     */
    Recording(boolean persistent, String... failingCalls) {
      this.persistent = persistent;
      this.failingCalls = List.of(failingCalls);
    }

    Recording() {
      this(false);
    }

    private void record(String name) {
      calls.add(name);
      if (failingCalls.contains(name)) {
        throw name.equals("open")
            ? new ConfigurationException("no server at redis://nowhere")
            : new BackendException(name + " failed");
      }
    }

    @Override
    public String namespace() {
      return memory.namespace();
    }

    @Override
    public long[] decide(BackendCall call) {
      return memory.decide(call);
    }

    @Override
    public void open() {
      record("open");
    }

    @Override
    public void reset() {
      record("reset");
    }

    @Override
    public void close() {
      record("close");
    }

    @Override
    public boolean persistent() {
      return persistent;
    }
  }
}
