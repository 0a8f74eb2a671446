package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.memory.InMemoryBackend;
import io.traffik.spi.BackendCall;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that fails every call until it recovers, and by default also fails to open. */
final class FailingBackend implements Backend {

  final AtomicInteger calls = new AtomicInteger();
  boolean opens;

  /** Whether the store is out of reach when the backend is opened. */
  boolean outOfReach;

  private final Backend memory = InMemoryBackend.create("failing");
  volatile boolean recovered;

  @Override
  public String namespace() {
    return "failing";
  }

  @Override
  public void open() {
    if (outOfReach) {
      throw new BackendException("connection refused");
    }
    if (!opens) {
      throw new ConfigurationException("no such store: \"failing\"");
    }
  }

  @Override
  public long[] decide(BackendCall call) {
    calls.incrementAndGet();
    if (recovered) {
      return memory.decide(call);
    }
    throw new BackendException("The store is unavailable");
  }

  @Override
  public void reset() {}

  @Override
  public void close() {}
}
