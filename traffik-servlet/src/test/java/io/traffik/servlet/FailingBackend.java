package io.traffik.servlet;

import io.traffik.Backend;
import io.traffik.BackendException;
import io.traffik.ConfigurationException;
import io.traffik.spi.BackendCall;
import java.util.concurrent.atomic.AtomicInteger;

/** A backend that fails every call, and by default also fails to open. */
final class FailingBackend implements Backend {

  final AtomicInteger calls = new AtomicInteger();
  boolean opens;

  @Override
  public String namespace() {
    return "failing";
  }

  @Override
  public void open() {
    if (!opens) {
      throw new ConfigurationException("no such store: \"failing\"");
    }
  }

  @Override
  public long[] decide(BackendCall call) {
    calls.incrementAndGet();
    throw new BackendException("The store is unavailable");
  }

  @Override
  public void reset() {}

  @Override
  public void close() {}
}
