package io.traffik.javalin;

import io.traffik.Backend;
import io.traffik.Backend.Operation;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.QuotaPolicy;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Backends for tests. */
final class Backends {

  private Backends() {}

  /** Time stands still, so that nothing refills and every number is known. */
  static InMemoryBackend frozen() {
    return InMemoryBackend.builder("javalin").clock(() -> 0).build();
  }

  /** Fails every decision. */
  static Backend failing() {
    return new Recorded() {
      @Override
      public long[] decide(
          Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
        throw new BackendException("out of reach");
      }
    };
  }

  /** Counts in memory, and notes what becomes of its life. */
  static class Recorded implements Backend {

    final List<String> calls = new CopyOnWriteArrayList<>();
    private final Backend memory = frozen();
    private final boolean persistent;
    private final List<String> broken;

    /**
     * @param broken the calls that fail
     */
    Recorded(boolean persistent, String... broken) {
      this.persistent = persistent;
      this.broken = List.of(broken);
    }

    Recorded() {
      this(false);
    }

    private void call(String name) {
      calls.add(name);
      if (broken.contains(name)) {
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
    public long[] decide(
        Operation operation, QuotaPolicy policy, String identity, String scope, long cost) {
      return memory.decide(operation, policy, identity, scope, cost);
    }

    @Override
    public void open() {
      call("open");
    }

    @Override
    public void reset() {
      call("reset");
    }

    @Override
    public void close() {
      call("close");
    }

    @Override
    public boolean persistent() {
      return persistent;
    }
  }
}
